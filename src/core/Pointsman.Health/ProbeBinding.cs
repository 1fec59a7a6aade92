using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>From where a probe leaves this node; the default leaves all of it to the kernel.</summary>
/// <param name="Address"><c>bindto</c>.</param>
/// <param name="Port"><c>bind_port</c>; 0 lets the kernel choose.</param>
/// <param name="Interface"><c>bind_if</c>.</param>
/// <param name="Mark"><c>fwmark</c>; 0 sets none.</param>
public sealed record ProbeBinding(IpAddress? Address = null, ushort Port = 0, string? Interface = null, uint Mark = 0)
{
    public static ProbeBinding Free { get; } = new();

    /// <summary>While the probe runs no other one has its port.</summary>
    public bool HasOwnPort { get; init; }

    /// <summary>The most bytes of data in one TCP segment; 0 leaves that to the kernel.</summary>
    public int SegmentBytes { get; init; }
}
