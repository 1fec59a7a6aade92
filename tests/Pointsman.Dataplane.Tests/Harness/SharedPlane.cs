namespace Pointsman.Dataplane.Tests;

/// <summary>
/// One loaded data path for many tests, since loading takes most of a test's time; made by the first of them.
/// </summary>
public sealed class SharedPlane : IDisposable
{
    private TestPlane? _plane;

    /// <summary>The plane, with nothing in it.</summary>
    internal TestPlane Fresh()
    {
        _plane ??= new TestPlane();
        _plane.Reset();
        return _plane;
    }

    public void Dispose() => _plane?.Dispose();
}

/// <summary>Tests on the shared plane run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class PlaneCollection : ICollectionFixture<SharedPlane>
{
    public const string Name = "plane";
}
