using Pointsman.App.Ipvsadm;
using Pointsman.Base;

namespace Pointsman.App.Tests.Ipvsadm;

public sealed class ConnectionListingTests
{
    [Theory]
    [InlineData("-Lnc")]
    [InlineData("-Lcn")]
    [InlineData("-lcn")]
    [InlineData("-L -n -c")]
    [InlineData("--list --connection --numeric")]
    public void Connections_AsIpvsadmPrintsThem(string commandLine) => Assert.Equal(
        new IpvsadmRun(
            0,
            """
            IPVS connection entries
            pro expire state       source             virtual            destination
            TCP 14:55  ESTABLISHED 10.1.0.2:44003     10.1.0.100:80      10.2.0.22:80
            TCP 06:35  ASSURED     [fd01::]:0         [fd01::100]:80     [fd02::22]:80
            UDP 04:54  UDP         10.1.0.2:43003     10.1.0.100:53      10.2.0.22:5353
            TCP 1440:00 NONE        10.1.0.2:0         10.1.0.100:80      198.51.100.1:80

            """,
            ""),
        IpvsadmRun.Of(commandLine, SampleTables.WithConnections));

    // The widths of title and lines differ, as in ipvsadm 1.31.
    [Fact]
    public void Connections_PersistentConn_HaveEngineAndCall()
    {
        IpvsTables tables = SampleTables.WithConnections;
        IpvsConnection call = new(
            TransportProtocol.Udp,
            TimeSpan.FromSeconds(59),
            "NONE",
            new TransportEndpoint(IpAddress.Parse("10.1.0.2"), 0),
            new TransportEndpoint(IpAddress.Parse("10.1.0.100"), 5060),
            new TransportEndpoint(IpAddress.Parse("10.2.0.22"), 5060)) { CallId = "a84b4c76e66710@pc33.example.net" };
        tables = tables with { Connections = tables.Connections.Take(1).Append(call) };

        Assert.Equal(
            """
            IPVS connection entries
            pro expire state       source             virtual            destination        pe name          pe_data
            TCP 14:55  ESTABLISHED 10.1.0.2:44003     10.1.0.100:80      10.2.0.22:80
            UDP 00:59  NONE        10.1.0.2:0         10.1.0.100:5060    10.2.0.22:5060   sip                a84b4c76e66710@pc33.example.net

            """,
            IpvsadmRun.Of("-Lnc --persistent-conn", tables).Output);
        Assert.Contains("UDP 00:59  NONE        10.1.0.2:0         10.1.0.100:5060    10.2.0.22:5060\n", IpvsadmRun.Of("-Lnc", tables).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Connections_NotNumeric_HaveNames() => Assert.Contains(
        "TCP 1440:00 NONE        10.1.0.2:0         10.1.0.100:http    web1.example.net:http\n",
        IpvsadmRun.Of("-Lc", SampleTables.WithConnections).Output,
        StringComparison.Ordinal);

    [Fact]
    public void Connections_NothingLoaded_TitleAlone() => Assert.Equal(
        """
        IPVS connection entries
        pro expire state       source             virtual            destination

        """,
        IpvsadmRun.Of("-Lnc", null as IpvsTables).Output);

    [Fact]
    public void Connections_ListingServices_AreNotRead() => Assert.Equal(
        0,
        IpvsadmRun.Of("-Ln", SampleTables.Busy with { Connections = Enumerable.Range(0, 1).Select(Fail) }).ExitCode);

    [Fact]
    public void Timeout_IsTheTablesOwn() => Assert.Equal(
        "Timeout (tcp tcpfin udp): 900 120 300\n", IpvsadmRun.Of("-L --timeout", SampleTables.Busy).Output);

    [Fact]
    public void Daemon_NoneRuns_NoLine() =>
        Assert.Equal(new IpvsadmRun(0, "", ""), IpvsadmRun.Of("-L --daemon", SampleTables.Busy));

    [Fact]
    public void Daemon_ThoseThatRun_InTheLayoutOfIpvsadm()
    {
        var changes = new IpvsadmChanges(_ => throw new IpvsTablesException("nothing is changed"))
        {
            Daemons = () =>
            [
                new() { Role = "master", Interface = "eth0", SyncId = 7, MaxLengthBytes = 1472, Group = "224.0.0.81", Port = 8848, TimeToLive = 1 },
                new() { Role = "backup", Interface = "eth1", MaxLengthBytes = 1452, Group = "ff02::51", Port = 8849, TimeToLive = 3 },
            ],
        };
        Assert.Equal(
            new IpvsadmRun(
                0,
                "master sync daemon (mcast=eth0, syncid=7, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)\n"
                + "backup sync daemon (mcast=eth1, syncid=0, maxlen=1452, group=ff02::51, port=8849, ttl=3)\n",
                ""),
            IpvsadmRun.Of("-L --daemon", () => SampleTables.Busy, changes, ""));
    }

    private static IpvsConnection Fail(int index) => throw new InvalidOperationException("read without need");
}
