namespace Pointsman.Control.Status;

/// <summary>An interface the data path looks at.</summary>
public sealed record InterfaceStatus
{
    public string Name { get; init; } = "";

    /// <summary>native, generic or tc.</summary>
    public string Mode { get; init; } = "";
}
