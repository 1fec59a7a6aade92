namespace Pointsman.Dataplane.Synchronisation;

/// <summary>What a synchronisation daemon does. A node may have one of each.</summary>
public enum SyncRole
{
    /// <summary>Tells of this node's connections.</summary>
    Master,

    /// <summary>Takes those of others.</summary>
    Backup,
}
