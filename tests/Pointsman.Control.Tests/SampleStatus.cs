using Pointsman.Control.Status;

namespace Pointsman.Control.Tests;

/// <summary>F1's first node, some minutes into its evening.</summary>
internal static class SampleStatus
{
    internal static NodeStatus Node { get; } = new()
    {
        Version = "0.1.0",
        Pid = 4711,
        RouterId = "lb1",
        ConfigFile = "/etc/keepalived/keepalived.conf",
        UptimeSeconds = 8130,
        Instances =
        [
            new InstanceStatus
            {
                Name = "VI_1",
                State = "MASTER",
                SinceSeconds = 843.2,
                Reason = "no advert for 3.6s",
                Priority = 101,
                EffectivePriority = 103,
                Interface = "eth0",
                VirtualRouterId = 51,
                AdvertIntervalSeconds = 1,
                Addresses = ["192.168.1.200/24", "192.168.1.210/24"],
                AdvertsSent = 844,
                AdvertsReceived = 3,
                BecameMaster = 1,
            },
            new InstanceStatus
            {
                Name = "VI_2",
                State = "BACKUP",
                SinceSeconds = 0.35,
                Reason = "heard a higher priority",
                SyncGroup = "G",
                Priority = 50,
                EffectivePriority = 50,
                Interface = "eth1",
                VirtualRouterId = 52,
                AdvertIntervalSeconds = 0.5,
                Peer = "10.0.0.2",
                PeerPriority = 100,
                Addresses = ["10.0.0.100/32"],
                AdvertsReceived = 1200,
                AdvertsDiscarded = new Dictionary<string, long> { ["wrong password"] = 7, ["bad checksum"] = 1 },
            },
        ],
        Scripts = [new ScriptStatus { Name = "chk_nginx", State = "up", Reason = "succeeded", LastRunSecondsAgo = 1.2 }],
        VirtualServers =
        [
            new VirtualServerStatus
            {
                Address = "192.168.1.200:80",
                Scheduler = "rr",
                Kind = "DR",
                PersistenceTimeout = 60,
                Armed = true,
                Why = "VI_1 is MASTER",
                RealServers =
                [
                    new RealServerStatus
                    {
                        Address = "192.168.1.201:80",
                        Weight = 1,
                        Local = true,
                        Active = 12,
                        Inactive = 345,
                        Connections = 1234567,
                        InPackets = 99999,
                        InBytes = 100000,
                        Reason = "assumed up until its first check",
                        LastCheck = new LastCheckStatus
                        {
                            Success = true, Outcome = "connected in 0.3 ms", SecondsAgo = 4, DurationMs = 0.3,
                        },
                    },
                    new RealServerStatus
                    {
                        Address = "192.168.1.202:80",
                        State = "down",
                        Weight = 1,
                        NextHop = "02:00:00:00:02:02",
                        Reason = "connection refused (4 attempts)",
                        SinceSeconds = 61,
                        LastCheck = new LastCheckStatus { Outcome = "connection refused", SecondsAgo = 2.5, DurationMs = 0.1 },
                    },
                ],
            },
            new VirtualServerStatus
            {
                Address = "10.0.0.100:5432",
                Scheduler = "wlc",
                Kind = "DR",
                Why = "VI_2 is BACKUP",
                RealServers =
                [
                    new RealServerStatus { Address = "10.0.0.8:5432", State = "down", Weight = 100, Reason = "connection timed out" },
                ],
            },
        ],
        DataPath = new DataPathStatus
        {
            Interfaces = [new InterfaceStatus { Name = "eth0", Mode = "native" }],
            Connections = 357,
            ConnectionCapacity = 1048576,
            Verdicts = new Dictionary<string, ulong> { ["arp"] = 0, ["no-server"] = 3, ["forwarded"] = 12_345_678 },
        },
        Peers = [new PeerStatus { Address = "192.168.1.202", Mac = "02:00:00:00:02:02", Interface = "eth0", HeardSecondsAgo = 0.4 }],
    };
}
