using Pointsman.App.Ipvsadm;
using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.App.Tests.Ipvsadm;

public sealed class ServiceListingTests
{
    private const string EmptyListing = """
        IP Virtual Server version 1.2.1 (size=4096)
        Prot LocalAddress:Port Scheduler Flags
          -> RemoteAddress:Port           Forward Weight ActiveConn InActConn

        """;

    [Fact]
    public void Numeric_SortedByFamilyProtocolAddressPort_AsIpvsadmPrintsIt() => Shows(
        "-Ln",
        SampleTables.Mixed,
        """
        IP Virtual Server version 1.2.1 (size=4096)
        Prot LocalAddress:Port Scheduler Flags
          -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
        TCP  192.0.2.1:80 wrr persistent 300 mask 255.255.255.0
          -> 198.51.100.1:80              Masq    0      12         345       $
          -> 198.51.100.2:80              Route   3      0          0         $
        TCP  192.0.2.1:443 wlc persistent 360
        UDP  192.0.2.1:53 rr
          -> 198.51.100.1:53              Local   1      0          0         $
        SCTP 192.0.2.1:3868 rr
          -> 198.51.100.1:3868            Tunnel  1      0          0         $
        TCP  [2001:db8::80]:80 mh persistent 60 mask 64
          -> [2001:db8::2]:80             Masq    1      0          0         $

        """);

    [Fact]
    public void NoSort_KeepsTheOrderOfTheTables()
    {
        string[] lines = Output("-Ln --nosort", SampleTables.Mixed).Split('\n');

        Assert.Equal("TCP  [2001:db8::80]:80 mh persistent 60 mask 64", lines[3]);
        Assert.StartsWith("  -> 198.51.100.2:80 ", lines[^3], StringComparison.Ordinal);
        Assert.Equal(Output("-Ln", SampleTables.Mixed), Output("-Ln --sort", SampleTables.Mixed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-L")]
    [InlineData("-l")]
    [InlineData("--list")]
    public void NotNumeric_HostsAndPortsHaveNames_LongOnesAreCut(string commandLine) => Shows(
        commandLine,
        SampleTables.Mixed,
        """
        IP Virtual Server version 1.2.1 (size=4096)
        Prot LocalAddress:Port Scheduler Flags
          -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
        TCP  192.0.2.1:http wrr persistent 300 mask 255.255.255.0
          -> web1.example.net:http        Masq    0      12         345       $
          -> a-host-with-a-name-that-is-t Route   3      0          0         $
        TCP  192.0.2.1:443 wlc persistent 360
        UDP  192.0.2.1:domain rr
          -> web1.example.net:domain      Local   1      0          0         $
        SCTP 192.0.2.1:3868 rr
          -> web1.example.net:3868        Tunnel  1      0          0         $
        TCP  [vip6.example.net]:http mh persistent 60 mask 64
          -> [2001:db8::2]:http           Masq    1      0          0         $

        """);

    [Fact]
    public void NothingLoaded_TitleAloneAndSuccess() => Shows("-Ln", null, EmptyListing.Replace("4096", "0", StringComparison.Ordinal));

    [Fact]
    public void NoServices_TitleAlone() => Shows("-Ln", SampleTables.Tables(), EmptyListing);

    [Fact]
    public void Stats_LargeFiguresAreShortened() => Shows(
        "-Ln --stats",
        SampleTables.Busy,
        """
        IP Virtual Server version 1.2.1 (size=4096)
        Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
          -> RemoteAddress:Port
        TCP  10.1.0.100:80                       4     8363    27521   435280    1259M
          -> 10.2.0.21:80                        4     8363    27521   435280    1259M

        """);

    [Theory]
    [InlineData("-Ln --stats --exact")]
    [InlineData("-LnX --stats --rate")]
    public void Stats_Exact_FiguresInFull(string commandLine) => Shows(
        commandLine,
        SampleTables.Busy,
        """
        IP Virtual Server version 1.2.1 (size=4096)
        Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
          -> RemoteAddress:Port
        TCP  10.1.0.100:80                       4     8363    27521   435280 1259723700
          -> 10.2.0.21:80                        4     8363    27521   435280 1259723700

        """);

    [Fact]
    public void Rate_IsWhatPassedBetweenTwoReadings_PerSecondRoundedUp()
    {
        var readings = new Queue<IpvsTables>([SampleTables.Busy, Later(new IpvsCounters(7, 9363, 27521, 485281, 1300000000))]);

        IpvsadmRun run = IpvsadmRun.Of("-Ln --rate", readings.Dequeue);

        Assert.Equal(
            """
            IP Virtual Server version 1.2.1 (size=4096)
            Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS
              -> RemoteAddress:Port
            TCP  10.1.0.100:80                       2      500        0    25001 20138150
              -> 10.2.0.21:80                        2      500        0    25001 20138150
              -> 10.2.0.22:80                        0        0        0        0        0

            """,
            run.Output);
    }

    [Fact]
    public void Rate_CountersBeganAnewInBetween_IsZeroRatherThanWrong()
    {
        var readings = new Queue<IpvsTables>([SampleTables.Busy, Later(new IpvsCounters(1, 1, 1, 1, 1))]);

        Assert.Contains(
            "TCP  10.1.0.100:80                       0        0        0        0        0\n",
            IpvsadmRun.Of("-Ln --rate", readings.Dequeue).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Thresholds_NoneAreSet() => Shows(
        "-Ln --thresholds",
        SampleTables.Busy,
        """
        IP Virtual Server version 1.2.1 (size=4096)
        Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn $
          -> RemoteAddress:Port
        TCP  10.1.0.100:80 rr
          -> 10.2.0.21:80                 0          0          3          0         $

        """);

    [Fact]
    public void PersistentConn_CountsTemplates() => Shows(
        "-Ln --persistent-conn",
        SampleTables.Busy,
        """
        IP Virtual Server version 1.2.1 (size=4096)
        Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn $
          -> RemoteAddress:Port
        TCP  10.1.0.100:80 rr
          -> 10.2.0.21:80                 1         1           3          0         $

        """);

    [Fact]
    public void TunnelInfo_HasItsColumn() => Shows(
        "-Ln --tun-info --sctp-service 192.0.2.1:3868",
        SampleTables.Mixed,
        """
        Prot LocalAddress:Port Scheduler Flags
          -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn
        SCTP 192.0.2.1:3868 rr
          -> 198.51.100.1:3868            Tunnel  ipip          1      0          0         $

        """);

    [Theory]
    [InlineData("-Ln -u 192.0.2.1:53")]
    [InlineData("-Ln --udp-service=192.0.2.1:domain")]
    [InlineData("-L --udp-service vip.example.net:53 -n")]
    public void OneService_OnlyItAndNoVersionLine(string commandLine) => Shows(
        commandLine,
        SampleTables.Mixed,
        """
        Prot LocalAddress:Port Scheduler Flags
          -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
        UDP  192.0.2.1:53 rr
          -> 198.51.100.1:53              Local   1      0          0         $

        """);

    [Theory]
    [InlineData("-Ln -t 192.0.2.1:53")]
    [InlineData("-Ln -t 192.0.2.1")]
    [InlineData("-Ln -f 7")]
    [InlineData("-Ln -f 7 -6")]
    public void OneService_NotThere_SaysSo(string commandLine) =>
        Assert.Equal(new IpvsadmRun(1, "", "No such service\n"), IpvsadmRun.Of(commandLine, SampleTables.Mixed));

    [Fact]
    public void OnePacketScheduling_StandsLast() => Assert.Contains(
        "UDP  192.0.2.1:53 sh (sh-port) persistent 300 ops\n",
        Output("-Ln", SampleTables.Tables(SampleTables.Service(
            TransportProtocol.Udp, "192.0.2.1", 53, "sh", new IpvsPersistence(TimeSpan.FromSeconds(300), 32)) with
        {
            Flags = ServiceFlags.OnePacket | ServiceFlags.Port,
        })),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("-Ln", "UDP  192.0.2.1:5060 rr persistent 300 mask 0.0.0.0 pe sip ops\n")]
    [InlineData("-Sn", "-A -u 192.0.2.1:5060 -s rr -p 300 -M 0.0.0.0 --pe sip -o\n")]
    public void PersistenceEngine_StandsBehindTheMask(string commandLine, string line) => Assert.Contains(
        line,
        Output(commandLine, SampleTables.Tables(SampleTables.Service(
            TransportProtocol.Udp, "192.0.2.1", 5060, "rr", new IpvsPersistence(TimeSpan.FromSeconds(300), 0)) with
        {
            Flags = ServiceFlags.OnePacket | ServiceFlags.Calls,
        })),
        StringComparison.Ordinal);

    [Fact]
    public void Persistence_WholeNetMask_Zero() => Assert.Contains(
        "TCP  192.0.2.1:87 rr persistent 300 mask 0.0.0.0\n",
        Output("-Ln", SampleTables.Tables(SampleTables.Service(
            TransportProtocol.Tcp, "192.0.2.1", 87, "rr", new IpvsPersistence(TimeSpan.FromSeconds(300), 0)))),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(0, "        0", "        0")]
    [InlineData(99_999_999, " 99999999", " 99999999")]
    [InlineData(100_000_000, "  100000K", " 100000000")]
    [InlineData(999_999_999, "  999999K", " 999999999")]
    [InlineData(1_000_000_000, "    1000M", " 1000000000")]
    [InlineData(99_999_999_999, "   99999M", " 99999999999")]
    [InlineData(100_000_000_000, "     100G", " 100000000000")]
    [InlineData(99_999_999_999_999, "   99999G", " 99999999999999")]
    [InlineData(100_000_000_000_000, "     100T", " 100000000000000")]
    [InlineData(ulong.MaxValue, "18446744T", " 18446744073709551615")]
    public void LargeNumber_HasNineColumnsOrAllItsDigits(ulong value, string shortened, string exact)
    {
        Assert.Equal(shortened, LargeNumber.Format(value, exact: false));
        Assert.Equal(exact, LargeNumber.Format(value, exact: true));
    }

    private static IpvsTables Later(IpvsCounters counters) => SampleTables.Busy with
    {
        Services = [.. SampleTables.Busy.Services.Select(service => service with
        {
            Counters = counters,
            Servers =
            [
                service.Servers[0] with { Counters = counters },
                SampleTables.Server("10.2.0.22", 80, ForwardingMethod.Masquerade) with { Counters = counters },
            ],
        })],
    };

    private static void Shows(string commandLine, IpvsTables? tables, string expected) =>
        Assert.Equal(new IpvsadmRun(0, expected, ""), IpvsadmRun.Of(commandLine, tables));

    private static string Output(string commandLine, IpvsTables tables) => IpvsadmRun.Of(commandLine, tables).Output;
}
