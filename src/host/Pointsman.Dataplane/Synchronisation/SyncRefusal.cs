namespace Pointsman.Dataplane.Synchronisation;

/// <summary>Why an entry that another director told of was not taken. One member, one counter.</summary>
public enum SyncRefusal
{
    /// <summary>This node balances no such virtual service.</summary>
    NoService,

    /// <summary>The service has no such real server here.</summary>
    NoServer,

    /// <summary>A template, and the service binds no clients here.</summary>
    NotPersistent,

    /// <summary>A protocol that is not balanced here.</summary>
    UnknownProtocol,

    /// <summary>The protocol has no state of this number.</summary>
    UnknownState,

    /// <summary>The sender's FTP helper waits for a client's port, or has shifted sequence numbers: nobody here could go on with that.</summary>
    Helper,

    /// <summary>Bound to its server by a persistence engine, of which there is none here.</summary>
    PersistenceEngine,

    /// <summary>By full NAT: the server knows the client by an address and a port of the director that told of it.</summary>
    FullNat,

    /// <summary>What this node itself has seen of the connection, as the owner of its service, is newer.</summary>
    OwnStands,

    /// <summary>Its entry names another server, and the connection told of is over.</summary>
    OtherServer,

    /// <summary>The connection table has no room for it.</summary>
    TableFull,

    /// <summary>It has an option that has to be understood, and is not.</summary>
    UnknownOption,
}
