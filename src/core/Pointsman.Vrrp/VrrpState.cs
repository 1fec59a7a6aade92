namespace Pointsman.Vrrp;

/// <summary>Where an instance stands. The first four are keepalived's INIT, BACKUP, MASTER, FAULT by number.</summary>
public enum VrrpState
{
    /// <summary>Not started, or started and waiting for the first result of a script that can forbid mastership.</summary>
    Initialize = 0,

    Backup = 1,

    Master = 2,

    /// <summary>Unfit: a link, script or the own address is missing. Neither sends nor receives.</summary>
    Fault = 3,

    /// <summary>
    /// A stopping master that has said so, and serves its clients until a successor speaks or had time enough to.
    /// </summary>
    Leaving = 4,
}
