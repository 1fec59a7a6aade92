using System.Collections.Immutable;
using Pointsman.App.Ipvsadm;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane;

namespace Pointsman.App.Tests.Ipvsadm;

public sealed class DataplaneTablesTests
{
    private static readonly TransportEndpoint Vip = new(IpAddress.Parse("192.168.1.200"), 80);

    [Fact]
    public void Snapshot_ListsServersThatAreUp_QuiescedOnesToo_AndNotThoseThatAreDown()
    {
        IpvsTables tables = DataplaneTables.Translate(Snapshot(32), Timeouts, []);

        Assert.Equal(
            """
            IP Virtual Server version 1.2.1 (size=262144)
            Prot LocalAddress:Port Scheduler Flags
              -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
            TCP  192.168.1.200:80 wlc persistent 60
              -> 192.168.1.201:80             Local   3      12         345       $
              -> 192.168.1.202:80             Route   0      1          2         $

            """,
            IpvsadmRun.Of("-Ln", tables).Output);
    }

    [Fact]
    public void Counters_ServiceHasItsOwnTotals_AnswersAreShown() => Assert.Equal(
        """
        Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
          -> RemoteAddress:Port
        TCP  192.168.1.200:80                  100     2000     1500    30000   900000
          -> 192.168.1.201:80                   90     1900        0    29000        0
          -> 192.168.1.202:80                    0        0        0        0        0

        """,
        IpvsadmRun.Of(
            "-Ln --stats -t 192.168.1.200:80", DataplaneTables.Translate(Snapshot(32), Timeouts, [])).Output);

    [Fact]
    public void Tunnels_AreListedByTheirTypes_AndSavedAsTheyAreTyped()
    {
        IpvsTables tables = DataplaneTables.Translate(Tunnels(), Timeouts, []);
        Assert.Equal(
            """
            IP Virtual Server version 1.2.1 (size=262144)
            Prot LocalAddress:Port Scheduler Flags
              -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn
            TCP  192.168.1.200:80 rr
              -> 192.168.1.201:80             Tunnel  ipip          1      0          0         $
              -> 192.168.1.202:80             Tunnel  gre:-c        1      0          0         $
              -> 192.168.1.203:80             Tunnel  gue:6080:-c   1      0          0         $
              -> 192.168.1.204:80             Tunnel  gre:+c        1      0          0         $
              -> 192.168.1.205:80             Tunnel  gue:6080:+c   1      0          0         $
              -> 192.168.1.206:80             Tunnel  gue:6080:r+c  1      0          0         $
              -> [2001:db8::1]:80             Tunnel  ipip          1      0          0         $

            """,
            IpvsadmRun.Of("-Ln --tun-info", tables).Output);
        Assert.Equal(
            """
            -A -t 192.168.1.200:80 -s rr
            -a -t 192.168.1.200:80 -r 192.168.1.201:80 -i -w 1 --tun-type ipip
            -a -t 192.168.1.200:80 -r 192.168.1.202:80 -i -w 1 --tun-type gre --tun-nocsum
            -a -t 192.168.1.200:80 -r 192.168.1.203:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum
            -a -t 192.168.1.200:80 -r 192.168.1.204:80 -i -w 1 --tun-type gre --tun-csum
            -a -t 192.168.1.200:80 -r 192.168.1.205:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum
            -a -t 192.168.1.200:80 -r 192.168.1.206:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum
            -a -t 192.168.1.200:80 -r [2001:db8::1]:80 -i -w 1 --tun-type ipip

            """,
            IpvsadmRun.Of("-Sn", tables).Output);
    }

    [Fact]
    public void PersistencePrefix_IsKept() => Assert.Equal(
        24, Assert.Single(DataplaneTables.Translate(Snapshot(24), Timeouts, []).Services).Persistence!.PrefixLength);

    [Fact]
    public void Timeouts_AreThoseOfTheDataPath() => Assert.Equal(
        "Timeout (tcp tcpfin udp): 1 10 300\n",
        IpvsadmRun.Of("-L --timeout", DataplaneTables.Translate(Snapshot(0), Timeouts, [])).Output);

    [Fact]
    public void Connection_KeepsWhatTheListingShows() => Assert.Contains(
        "TCP 01:00  ASSURED     10.1.0.0:0         192.168.1.200:80   192.168.1.201:80\n",
        IpvsadmRun.Of("-Lnc", DataplaneTables.Translate(Snapshot(0), Timeouts,
        [
            DataplaneTables.Translate(new ConnectionEntry(
                TransportProtocol.Tcp, new TransportEndpoint(IpAddress.Parse("10.1.0.0"), 0), Vip, Server(201),
                "ASSURED", TimeSpan.FromSeconds(60), isTemplate: true)),
        ])).Output,
        StringComparison.Ordinal);

    [Fact]
    public void NothingPinned_IsNoTable()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root is told whether something is pinned");

        Assert.Null(DataplaneTables.Read("/sys/fs/bpf/pointsman-test-nothing-here"));
    }

    private static TimeoutSettings Timeouts { get; } =
        new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(300));

    private static DataplaneSnapshot Snapshot(int prefixLength) => new(
        [
            new ServiceSnapshot(
                new ServiceKey(TransportProtocol.Tcp, Vip), SchedulerKind.Wlc, TimeSpan.FromSeconds(60), prefixLength,
                new Counters(100, 2000, 30000, 1500, 900000),
                [
                    new ServerSnapshot(
                        Server(201), ForwardingMethod.Local, 3, IsUp: true, 12, 345, 1, new Counters(90, 1900, 29000)),
                    new ServerSnapshot(Server(202), ForwardingMethod.DirectRoute, 0, IsUp: true, 1, 2, 0, default),
                    new ServerSnapshot(
                        Server(203), ForwardingMethod.DirectRoute, 1, IsUp: false, 0, 5, 0, new Counters(10, 100, 1000)),
                ]),
        ],
        ImmutableDictionary<string, long>.Empty,
        Connections: 357,
        Capacity: 262144);

    private static DataplaneSnapshot Tunnels()
    {
        static ServerSnapshot By(TunnelKind kind, TransportEndpoint address, TunnelChecksum checksum = TunnelChecksum.None) =>
            new(address, ForwardingMethod.Tunnel, 1, IsUp: true, 0, 0, 0, default)
            {
                Tunnel = kind,
                TunnelPort = kind == TunnelKind.Gue ? (ushort)6080 : (ushort)0,
                TunnelChecksum = checksum,
            };
        return new DataplaneSnapshot(
            [
                new ServiceSnapshot(
                    new ServiceKey(TransportProtocol.Tcp, Vip), SchedulerKind.Rr, null, 32, default,
                    [
                        By(TunnelKind.Ipip, Server(201)),
                        By(TunnelKind.Gre, Server(202)),
                        By(TunnelKind.Gue, Server(203)),
                        By(TunnelKind.Gre, Server(204), TunnelChecksum.Outer),
                        By(TunnelKind.Gue, Server(205), TunnelChecksum.Outer),
                        By(TunnelKind.Gue, Server(206), TunnelChecksum.Remote),
                        By(TunnelKind.Ipip, new TransportEndpoint(IpAddress.Parse("2001:db8::1"), 80)),
                    ]),
            ],
            ImmutableDictionary<string, long>.Empty,
            Connections: 0,
            Capacity: 262144);
    }

    private static TransportEndpoint Server(int host) => new(IpAddress.Parse($"192.168.1.{host}"), 80);
}
