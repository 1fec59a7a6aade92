namespace Pointsman.Dataplane;

public sealed record DataplaneOptions
{
    /// <summary>A directory on a bpf file system; made when it is missing.</summary>
    public required string PinDirectory { get; init; }

    /// <summary>
    /// Where changes of this host for services by a mark of the firewall are written down; null: it is not changed, and no packet
    /// comes to such services.
    /// </summary>
    public string? MarkNote { get; init; }

    /// <summary>
    /// How many connections are remembered; rounded up so that the table has a power of two of buckets.
    /// </summary>
    public int ConnectionCapacity { get; init; } = 1 << 18;
}
