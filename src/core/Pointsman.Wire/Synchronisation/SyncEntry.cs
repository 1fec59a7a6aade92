using Pointsman.Base;

namespace Pointsman.Wire.Synchronisation;

/// <summary>A connection, or a persistence template, as directors tell each other of it. All addresses are of one family.</summary>
public readonly record struct SyncEntry
{
    /// <summary>IP protocol number; 0 of a template of a service by a mark.</summary>
    public byte Protocol { get; init; }

    public SyncFlags Flags { get; init; }

    /// <summary>IPVS's number of the protocol's state; of a template 1 once it is assured.</summary>
    public ushort State { get; init; }

    /// <summary>Of a template the network.</summary>
    public IpAddress Client { get; init; }

    /// <summary>Of a template 0.</summary>
    public ushort ClientPort { get; init; }

    /// <summary>Of a template of a service by a mark: the mark, as an address.</summary>
    public IpAddress Virtual { get; init; }

    public ushort VirtualPort { get; init; }

    public IpAddress Server { get; init; }

    public ushort ServerPort { get; init; }

    /// <summary>Of the firewall, which names the service; 0: none.</summary>
    public uint Mark { get; init; }

    /// <summary>How long it stands without a packet; 0: the sender does not say.</summary>
    public uint TimeoutSeconds { get; init; }

    public SyncSequence? InputSequence { get; init; }

    public SyncSequence? OutputSequence { get; init; }

    /// <summary>Of a persistence engine: what the client is known by, in place of its address.</summary>
    public ReadOnlyMemory<byte> EngineData { get; init; }

    /// <summary>Null: no persistence engine.</summary>
    public string? EngineName { get; init; }

    public bool IsTemplate => (Flags & SyncFlags.Template) != 0;

    public bool IsActive => (Flags & SyncFlags.Inactive) == 0;
}
