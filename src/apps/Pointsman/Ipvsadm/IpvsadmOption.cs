namespace Pointsman.App.Ipvsadm;

/// <summary>
/// Every option ipvsadm 1.31 knows, under the name its complaints use, in the order in which it looks for conflicts.
/// </summary>
internal enum IpvsadmOption
{
    Numeric,
    Connection,
    ServiceAddress,
    Scheduler,
    Persistent,
    Netmask,
    RealServer,
    ForwardingMethod,
    Weight,
    UpperThreshold,
    LowerThreshold,
    SyncDaemon,
    Timeout,
    Daemon,
    Stats,
    Rate,
    Thresholds,
    PersistentConn,
    NoSort,
    Sort,
    SyncId,
    Exact,
    OnePacket,
    PersistenceEngine,
    SchedulerFlags,
    TunnelInfo,
    TunnelType,
    TunnelPort,
    TunnelChecksum,
    MulticastGroup,
    MulticastPort,
    MulticastTtl,
    SyncMaxLength,
    Ipv6,
    Command,
}
