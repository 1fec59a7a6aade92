using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary><c>lvs_sync_daemon</c>: connections are synchronised with the other directors.</summary>
/// <param name="Interface">By which they speak.</param>
/// <param name="Instance">Whose state says whether this node tells or hears; null: it does both.</param>
/// <param name="Source">The instance's name, or the interface's.</param>
public sealed record SyncDaemonConfig(string Interface, string? Instance, SourceSpan Source)
{
    /// <summary>Null: the instance's virtual router id, or 0.</summary>
    public byte? SyncId { get; init; }

    /// <summary>Null: what the interface takes.</summary>
    public int? MaxLengthBytes { get; init; }

    /// <summary>Null: 8848.</summary>
    public ushort? Port { get; init; }

    /// <summary>Null: 1.</summary>
    public byte? TimeToLive { get; init; }

    /// <summary>Null: 224.0.0.81.</summary>
    public IpAddress? Group { get; init; }
}
