using System.Collections.Immutable;
using Pointsman.Wire.Synchronisation;

namespace Pointsman.Dataplane.Synchronisation;

/// <summary>A synchronisation daemon as it is now, and what it has done since it began.</summary>
public sealed record SyncDaemonReport(SyncRole Role, SyncSettings Settings)
{
    /// <summary>Master: messages sent; backup: messages of its sync id heard.</summary>
    public long Messages { get; init; }

    /// <summary>Master: connections and templates told of, each time; backup: heard of.</summary>
    public long Entries { get; init; }

    /// <summary>Master: how often all were told of: this node had begun, a backup had come, or a message had not gone out.</summary>
    public long FullRounds { get; init; }

    /// <summary>Master: connections and templates that are not told of, each time: a server of the other address family, or full NAT.</summary>
    public long Unsendable { get; init; }

    /// <summary>Master: messages that did not go out.</summary>
    public long SendFailures { get; init; }

    /// <summary>Why the last one did not; null while all goes well.</summary>
    public string? LastError { get; init; }

    /// <summary>Backup: entries that are here now for being heard of.</summary>
    public long Taken { get; init; }

    /// <summary>Backup: entries that were here, and took state and time.</summary>
    public long Updated { get; init; }

    /// <summary>Backup: entries that said what was known.</summary>
    public long Unchanged { get; init; }

    /// <summary>Backup: messages of another sync id.</summary>
    public long OtherSyncId { get; init; }

    public ImmutableSortedDictionary<SyncRefusal, long> Refused { get; init; } = ImmutableSortedDictionary<SyncRefusal, long>.Empty;

    public ImmutableSortedDictionary<SyncParseError, long> Malformed { get; init; } = ImmutableSortedDictionary<SyncParseError, long>.Empty;

    /// <summary>There is a data path whose connections it can tell of, or put them into.</summary>
    public bool HasTables { get; init; }
}
