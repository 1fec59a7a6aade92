using System.Collections.Immutable;
using Pointsman.App.Ipvsadm;
using Pointsman.Config.Model;
using Pointsman.Engine.ByHand;

namespace Pointsman.App.Tests.Ipvsadm;

/// <summary>ipvsadm's changes: complaints as recorded from ipvsadm 1.31, lines as the daemon gets them, save and restore.</summary>
public sealed class IpvsadmChangeTests
{
    private readonly List<string> _carried = [];

    [Theory]
    [InlineData("-A", 2, "You need to supply the 'service-address' option for the 'add-service' command")]
    [InlineData("-a", 2, "You need to supply the 'service-address' option for the 'add-server' command")]
    [InlineData("-d", 2, "You need to supply the 'service-address' option for the 'delete-server' command")]
    [InlineData("-D", 2, "You need to supply the 'service-address' option for the 'delete-service' command")]
    [InlineData("-E", 2, "You need to supply the 'service-address' option for the 'edit-service' command")]
    [InlineData("-e", 2, "You need to supply the 'service-address' option for the 'edit-server' command")]
    [InlineData("-a -t 192.0.2.1:80", 2, "You need to supply the 'real-server' option for the 'add-server' command")]
    [InlineData("-A -t 192.0.2.1:80 -r 198.51.100.1", 2, "Illegal 'real-server' option with the 'add-service' command")]
    [InlineData("-A -t 192.0.2.1:80 -t 192.0.2.2:80", 2, "multiple 'service-address' options specified")]
    [InlineData("-A -D -t 192.0.2.1:80", 2, "invalid option `-D'")]
    [InlineData("-A -t 192.0.2.1:80 -w 5", 2, "Illegal 'weight' option with the 'add-service' command")]
    [InlineData("-A -t 192.0.2.1:80 -n", 2, "Illegal 'numeric' option with the 'add-service' command")]
    [InlineData("-A -t", 255, "-t: missing argument")]
    [InlineData("-C -n", 2, "Illegal 'numeric' option with the 'flush' command")]
    [InlineData("-C -t 192.0.2.1:80", 2, "Illegal 'service-address' option with the 'flush' command")]
    [InlineData("-S -t 192.0.2.1:80", 2, "Illegal 'service-address' option with the 'save' command")]
    [InlineData("--set", 2, "--set option requires 3 timeout values")]
    [InlineData("--set 1 2", 2, "--set option requires 3 timeout values")]
    [InlineData("--set 1 2 x", 2, "invalid timeout value `x' specified")]
    [InlineData("--set -1 2 3", 255, "-1: unknown option")]
    [InlineData("--set 1 2 3 4", 2, "unexpected argument 4")]
    [InlineData("--set 2678401 1 1", 2, "invalid timeout value `2678401' specified")]
    [InlineData("--start-daemon", 255, "Try `ipvsadm -h' or 'ipvsadm --help' for more information.")]
    [InlineData("--start-daemon foo", 2, "illegal start-daemon parameter specified")]
    [InlineData("--stop-daemon foo", 2, "illegal start_daemon specified")]
    [InlineData("--start-daemon master --syncid 256", 2, "illegal syncid specified")]
    [InlineData("--start-daemon master --mcast-group 10.0.0.1", 2, "invalid IPv4 mcast-group `10.0.0.1'")]
    [InlineData("--start-daemon master --mcast-group ff::zz", 2, "invalid IPv6 mcast-group `ff::zz'")]
    [InlineData("--start-daemon master --mcast-port 0", 2, "illegal mcast-port specified")]
    [InlineData("--start-daemon master --mcast-ttl 256", 2, "illegal mcast-ttl specified")]
    [InlineData("--start-daemon master --sync-maxlen 65508", 2, "illegal sync-maxlen specified")]
    [InlineData("--stop-daemon master --mcast-ttl 2", 2, "Illegal 'mcast-ttl' option with the 'stop-daemon' command")]
    [InlineData("-A -t 192.0.2.1", 2, "Zero port specified for non-persistent service")]
    [InlineData("-A -t 192.0.2.1:80 -p 0", 2, "invalid timeout value `0' specified")]
    [InlineData("-A -t 192.0.2.1:80 -b sideways", 2, "invalid scheduler flag `sideways'")]
    [InlineData("-A -t 192.0.2.1:80 -s mh -b mh-port,sh-port", 2, "incompatible scheduler flag `sh-port'")]
    [InlineData("-a -t 192.0.2.1:80 -r :80", 2, "illegal real server address[:port] specified")]
    [InlineData("-a -t 192.0.2.1:80 -r 198.51.100.1 -w 2147483648", 2, "illegal weight specified")]
    [InlineData("-a -t 192.0.2.1:80 -r 198.51.100.1 -x -1", 2, "illegal u_threshold specified")]
    [InlineData("-A -t 192.0.2.1:53 -o", 2, "One-Packet Scheduling is only for UDP virtual services")]
    [InlineData("-a -t [2001:db8::80]:80 -r 10.0.0.1:80 -g", 2, "Different address family is allowed only for tunneling servers")]
    [InlineData("-a -t 192.0.2.1:80 -r 198.51.100.1 -i --tun-type gue", 2, "You need to supply the 'tun-port' option for the 'gue' tunnel type")]
    [InlineData("-a -t 192.0.2.1:80 -r 198.51.100.1 -i --tun-type gre --tun-remcsum", 2, "Illegal 'tun-remcsum' option with the 'gre' tunnel type")]
    [InlineData("-a -t 192.0.2.1:80 -r 198.51.100.1 -i --tun-type vxlan", 2, "illegal tunnel type specified")]
    [InlineData("-a -t 192.0.2.1:80 -r 198.51.100.1 -i --tun-type gue --tun-port 0", 2, "illegal tunnel port specified")]
    [InlineData("-A -t 192.0.2.1:80 -s nosuch", 255, "Scheduler or persistence engine not found")]
    [InlineData("-A -u 192.0.2.1:80 -p --pe SIP", 255, "Scheduler or persistence engine not found")]
    [InlineData("-A -t 192.0.2.1:80 --pe nosuch", 255, "Scheduler or persistence engine not found")]
    public void Wrong_IsRefused_AndTheDaemonHearsNothing(string commandLine, int exitCode, string message)
    {
        Assert.Equal(new IpvsadmRun(exitCode, "", message + "\n"), Run(commandLine));
        Assert.Empty(_carried);
    }

    [Theory]
    [InlineData("-A -t 192.0.2.1:http", "-A -t 192.0.2.1:80 -s wlc")]
    [InlineData("-A -t 192.0.2.1:80 -s mh -p -b mh-port,mh-fallback", "-A -t 192.0.2.1:80 -s mh -p 360 -b flag-1,flag-2")]
    [InlineData("-E -t vip.example.net:80 -s rr -p 60 -M 255.255.255.0", "-E -t 192.0.2.1:80 -s rr -p 60 -M 255.255.255.0")]
    [InlineData("-A -t [2001:db8::80]:http -s rr -p 60 -M 64", "-A -t [2001:db8::80]:80 -s rr -p 60 -M 64")]
    [InlineData("-a -t [2001:db8::80]:80 -r [2001:db8::1]:80", "-a -t [2001:db8::80]:80 -r [2001:db8::1]:80 -g -w 1 -x 0 -y 0")]
    [InlineData("-D -t 192.0.2.1:80", "-D -t 192.0.2.1:80")]
    [InlineData("-A -u 192.0.2.1:5060 -s rr -p 60 --pe sip", "-A -u 192.0.2.1:5060 -s rr -p 60 --pe sip")]
    [InlineData("-E -f 5 --ops --pe sip -p -M 0.0.0.0", "-E -f 5 -s wlc -p 360 -M 0.0.0.0 --pe sip -o")]
    [InlineData("-A -t 192.0.2.1:80 -p 60 -M 0.0.0.0", "-A -t 192.0.2.1:80 -s wlc -p 60 -M 0.0.0.0")]
    [InlineData("-A -t 192.0.2.1:80 -M 255.0.255.0", "-A -t 192.0.2.1:80 -s wlc")]
    [InlineData("-A -t 192.0.2.1:80 -p 60 -M 255.0.255.0", "-A -t 192.0.2.1:80 -s wlc -p 60 -M 255.0.255.0")]
    [InlineData("-A -t 192.0.2.1:80 -p 60 -M 24", "-A -t 192.0.2.1:80 -s wlc -p 60 -M 24")]
    [InlineData("-a -t 192.0.2.1:80 -r 198.51.100.1 -w 65536", "-a -t 192.0.2.1:80 -r 198.51.100.1:0 -g -w 65536 -x 0 -y 0")]
    [InlineData("--start-daemon master", "--start-daemon master --mcast-interface eth0 --syncid 0 --mcast-group 224.0.0.81 --mcast-port 8848 --mcast-ttl 1")]
    [InlineData("--start-daemon backup --mcast-interface eth1 --syncid 9 --sync-maxlen 1400 --mcast-group ff02::51 --mcast-port 8849 --mcast-ttl 3", "--start-daemon backup --mcast-interface eth1 --syncid 9 --sync-maxlen 1400 --mcast-group ff02::51 --mcast-port 8849 --mcast-ttl 3")]
    [InlineData("--stop-daemon backup --syncid 9", "--stop-daemon backup")]
    [InlineData("-A -u 192.0.2.1:domain -s rr -o", "-A -u 192.0.2.1:53 -s rr -o")]
    [InlineData("-C", "-C")]
    [InlineData("-a -t 192.0.2.1:80 -r 198.51.100.1 -w 3", "-a -t 192.0.2.1:80 -r 198.51.100.1:0 -g -w 3 -x 0 -y 0")]
    [InlineData("-e -t 192.0.2.1:80 -r 198.51.100.1:8080 -m -x 9 -y 4", "-e -t 192.0.2.1:80 -r 198.51.100.1:8080 -m -w 1 -x 9 -y 4")]
    [InlineData("-a -t 192.0.2.1:80 -r [2001:db8::1]:80 -i", "-a -t 192.0.2.1:80 -r [2001:db8::1]:80 -i -w 1 -x 0 -y 0")]
    [InlineData("-a -t 192.0.2.1:80 -r 198.51.100.1 -i --tun-type gue --tun-port 6080 --tun-nocsum", "-a -t 192.0.2.1:80 -r 198.51.100.1:0 -i --tun-type gue --tun-port 6080 -w 1 -x 0 -y 0")]
    [InlineData("-a -t 192.0.2.1:80 -r 198.51.100.1 -i --tun-type gue --tun-port 6080 --tun-csum", "-a -t 192.0.2.1:80 -r 198.51.100.1:0 -i --tun-type gue --tun-port 6080 --tun-csum -w 1 -x 0 -y 0")]
    [InlineData("-a -t 192.0.2.1:80 -r 198.51.100.1 -i --tun-type gue --tun-port 6080 --tun-remcsum", "-a -t 192.0.2.1:80 -r 198.51.100.1:0 -i --tun-type gue --tun-port 6080 --tun-remcsum -w 1 -x 0 -y 0")]
    [InlineData("-e -t 192.0.2.1:80 -r 198.51.100.1 -i --tun-type gre --tun-csum", "-e -t 192.0.2.1:80 -r 198.51.100.1:0 -i --tun-type gre --tun-csum -w 1 -x 0 -y 0")]
    [InlineData("-e -t 192.0.2.1:80 -r 198.51.100.1 -i --tun-type gre", "-e -t 192.0.2.1:80 -r 198.51.100.1:0 -i --tun-type gre -w 1 -x 0 -y 0")]
    [InlineData("-d -t 192.0.2.1:80 -r 198.51.100.1:8080", "-d -t 192.0.2.1:80 -r 198.51.100.1:8080")]
    [InlineData("-Z", "-Z")]
    [InlineData("-Z -t 192.0.2.1:80", "-Z -t 192.0.2.1:80")]
    [InlineData("--set 1 10 300", "--set 1 10 300")]
    public void Change_GoesToTheDaemonInNumbers(string commandLine, string carried)
    {
        Assert.Equal(new IpvsadmRun(0, "", ""), Run(commandLine));
        Assert.Equal([carried], _carried);
        Assert.Null(IpvsadmCommandLine.TryParse(carried.Split(' '), ServiceAddressParser.Numeric, out _));
    }

    [Theory]
    [InlineData("-a -t 192.0.2.1:80 -r 198.51.100.1:0 -g -w 3 -x 0 -y 0", "198.51.100.1:80")]
    [InlineData("-a -t 192.0.2.1:80 -r 198.51.100.1:8080 -g -w 3 -x 0 -y 0", "198.51.100.1:80")]
    [InlineData("-a -t 192.0.2.1:80 -r 198.51.100.1:8080 -m -w 3 -x 0 -y 0", "198.51.100.1:8080")]
    public void ServersPort_IsTheServices_UnlessItIsTranslated(string line, string server)
    {
        Assert.Null(IpvsadmCommandLine.TryParse(line.Split(' '), ServiceAddressParser.Numeric, out IpvsadmRequest request));
        HandOrder.AddServer add = Assert.IsType<HandOrder.AddServer>(IpvsadmOrder.Of(request, out _));
        Assert.Equal((server, 3), (add.Server.ToString(), add.Settings.Weight));
    }

    [Fact]
    public void ServiceOptions_BecomeItsSettings()
    {
        string[] line = "-A -t 192.0.2.1:80 -s sh -p 60 -M 255.255.255.0 -b flag-2".Split(' ');
        Assert.Null(IpvsadmCommandLine.TryParse(line, ServiceAddressParser.Numeric, out IpvsadmRequest request));
        Assert.Equal(
            new HandService(LoadBalanceAlgorithm.Sh, SchedulerFlags.Second, TimeSpan.FromSeconds(60), 24),
            Assert.IsType<HandOrder.AddService>(IpvsadmOrder.Of(request, out _)).Settings);
    }

    [Fact]
    public void DaemonRefuses_ItsWordsAreTold_AndTheCodeIsIpvsadms() => Assert.Equal(
        new IpvsadmRun(255, "", "Service already exists\n"),
        IpvsadmRun.Of("-A -t 192.0.2.1:80", NotRead, new IpvsadmChanges(_ => ["Service already exists"]), ""));

    [Fact]
    public void NoDaemon_IsSaid() => Assert.Equal(
        new IpvsadmRun(2, "", "Can't initialize ipvs: no daemon is running\nAre you sure that IP Virtual Server is built in the kernel or as module?\n"),
        IpvsadmRun.Of("-C", NotRead));

    [Fact]
    public void Saved_AsIpvsadmSaves_AndReadAgain()
    {
        string saved = IpvsadmRun.Of("-Sn", SampleTables.Mixed).Output;
        Assert.Equal(
            """
            -A -t 192.0.2.1:80 -s wrr -p 300 -M 255.255.255.0
            -a -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 0
            -a -t 192.0.2.1:80 -r 198.51.100.2:80 -g -w 3
            -A -t 192.0.2.1:443 -s wlc -p 360
            """,
            string.Join('\n', saved.Split('\n').Take(4)));
        Assert.Contains("-A -t [2001:db8::80]:80 -s mh -p 60 -M 64\n", saved, StringComparison.Ordinal);
        Assert.Contains("-A -t 192.0.2.1:http -s wrr", IpvsadmRun.Of("-S", SampleTables.Mixed).Output, StringComparison.Ordinal);

        IpvsadmRun restored = Run("-R", saved);
        Assert.Equal("-a -t 192.0.2.1:80 -r 198.51.100.2:80 -g -w 3 -x 0 -y 0", _carried[2]);
        Assert.Contains("-A --sctp-service 192.0.2.1:3868 -s rr", _carried);
        Assert.Contains(_carried, line => line.StartsWith("-a --sctp-service 192.0.2.1:3868 -r 198.51.100.1:3868 -i ", StringComparison.Ordinal));
    }

    [Fact]
    public void Restore_RefusedLinesAreTold_TheLastDecides_UsageEnds()
    {
        const string rules = "ipvsadm -A -t 192.0.2.1:80 -s rr\n-A -t 192.0.2.1:81 --pe nosuch\n\n-a -t 192.0.2.1:80 -r 198.51.100.1\n";
        Assert.Equal(new IpvsadmRun(0, "", "Scheduler or persistence engine not found\n"), Run("-R", rules));
        Assert.Equal(2, _carried.Count);
        Assert.Equal(
            new IpvsadmRun(2, "", "Scheduler or persistence engine not found\nIllegal 'weight' option with the 'add-service' command\n"),
            Run("-R", rules + "-A -t 192.0.2.2:80 -w 1\n-C\n"));
        Assert.Equal(4, _carried.Count);
    }

    private static IpvsTables? NotRead() => throw new InvalidOperationException("read without need");

    private IpvsadmRun Run(string commandLine, string input = "") => IpvsadmRun.Of(
        commandLine,
        NotRead,
        new IpvsadmChanges(lines =>
        {
            _carried.AddRange(lines);
            return [.. lines.Select(_ => "")];
        }),
        input);
}
