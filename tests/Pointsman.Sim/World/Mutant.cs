namespace Pointsman.Sim.World;

/// <summary>Deliberately broken nodes: each shows that a rule can fire.</summary>
internal enum Mutant
{
    None,

    /// <summary>A master that hears no adverts: it never yields.</summary>
    DeafMaster,

    /// <summary>A master that hears a better one only after two intervals.</summary>
    SlowEar,

    /// <summary>Addresses stay on the interface.</summary>
    KeepsAddresses,

    /// <summary>Addresses are never put on the interface.</summary>
    AddsNoAddresses,

    /// <summary>A backup whose timer does not run.</summary>
    SleepyBackup,

    /// <summary>A lease that does not end when nobody renews it.</summary>
    EternalLease,

    /// <summary>A lease that stays when it is revoked.</summary>
    KeepsLease,

    /// <summary>A data path that forwards by a lease nobody renews after another announced itself.</summary>
    MissesItsSuccessor,

    /// <summary>A clock that stands still while the process is frozen.</summary>
    SleepWalker,

    /// <summary>The data path balances without a lease: keepalived's own way.</summary>
    BalancesUnarmed,

    /// <summary>The data path balances what another director forwarded.</summary>
    TrustsNobody,

    /// <summary>Every password and every distance is good.</summary>
    Gullible,

    /// <summary>The first node knows nothing of sync groups.</summary>
    TornGroup,

    /// <summary>A VRRP process that does not ask what the former one held.</summary>
    Forgetful,

    /// <summary>A VRRP process that, with a file without an instance, does not let go of it.</summary>
    KeepsTheDropped,

    /// <summary>The right to balance outlives an instance that is dropped.</summary>
    DropsWithTheLease,

    /// <summary>A VRRP process that follows a killed one does not look what that one left.</summary>
    LeavesRemains,

    /// <summary>A VRRP process that stands for election anew with new settings.</summary>
    BeginsAnew,

    /// <summary>A VRRP process whose sync groups are those of its start.</summary>
    KeepsItsGroups,

    /// <summary>Nobody listens to what others say by ARP.</summary>
    DeafToArp,

    /// <summary>Nobody speaks for a master whose thread waits for the kernel.</summary>
    HasNoDeputy,

    /// <summary>A deputy that speaks for as long as the thread waits.</summary>
    DeputyNeverEnds,

    /// <summary>A VRRP process that finishes what it has begun, however long the kernel kept it waiting.</summary>
    ActsTooLate,

    /// <summary>What the kernel does not take away at once stays for ever.</summary>
    ForgetsLeftovers,

    /// <summary>A connection entry is acted on before anything is asked, and entries outlive a mastership.</summary>
    ActsOnStaleEntries,
}
