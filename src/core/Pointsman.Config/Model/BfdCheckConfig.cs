namespace Pointsman.Config.Model;

/// <summary><c>BFD_CHECK</c>: alive while a neighbour's path is up.</summary>
public sealed record BfdCheckConfig(SourceSpan Source) : CheckerConfig(Source)
{
    /// <summary>The name of its <c>bfd_instance</c>.</summary>
    public string Name { get; init; } = "";

    public override bool IsTimed => false;

    internal override int RetryByDefault => 0;
}
