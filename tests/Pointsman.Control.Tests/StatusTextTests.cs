using Pointsman.Control.Status;
using Pointsman.Tests;

namespace Pointsman.Control.Tests;

public sealed class StatusTextTests
{
    [Theory]
    [InlineData(499, "of 1000 (49%)\n")]
    [InlineData(500, "of 1000 (50%)  a flood, or a table too small (#pointsman: connection_table)\n")]
    public void TableThatIsHalfFull_IsAskedAbout(long connections, string expected) => Assert.Contains(
        expected,
        Print(
            SampleStatus.Node with { DataPath = SampleStatus.Node.DataPath! with { Connections = connections, ConnectionCapacity = 1000 } }, colour: false),
        StringComparison.Ordinal);

    [Fact]
    public void UserPage_ShowsWhatIsPrinted()
    {
        string page = File.ReadAllText(SourceTree.PathOf("docs", "status-and-ipvsadm.md"));
        Assert.Contains($"```\n{Print(SampleStatus.Node, colour: false)}```\n", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "SPLIT BRAIN")]
    [InlineData(false, "another master")]
    public void Instance_ThatSeesAnotherMaster_SaysWhoAndWhy(bool isSplit, string title)
    {
        InstanceStatus instance = SampleStatus.Node.Instances[0] with
        {
            SplitBrain = isSplit,
            SplitBrainPolicy = "hold",
            Rival = new RivalStatus { Text = "adverts of 192.168.1.202 are heard and rejected: auth_pass differs", SeenSeconds = 12 },
        };
        Assert.Contains(
            $"  {title}  adverts of 192.168.1.202 are heard and rejected: auth_pass differs\n             seen for 12s; policy hold\n",
            Print(SampleStatus.Node with { Instances = [instance] }, colour: false),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Node_Printed_ReadsLikeThis()
    {
        Assert.Equal(
            """
            lb1  pointsman 0.1.0  pid 4711  up 2h 15m
            /etc/keepalived/keepalived.conf

            VRRP VI_1  MASTER for 14m 03s  (no advert for 3.6s)
              eth0  vrid 51  priority 103 (configured 101)  advert every 1s
              addresses  192.168.1.200/24  192.168.1.210/24
              master     this node
              adverts    sent 844  received 3

            VRRP VI_2  BACKUP for 0.35s  (heard a higher priority)
              eth1  vrid 52  priority 50  advert every 0.5s  group G
              addresses  10.0.0.100/32
              master     10.0.0.2 (priority 100)
              adverts    sent 0  received 1200  discarded bad checksum 1, wrong password 7

            SCRIPT     STATE  LAST RUN  WHY
            chk_nginx  up     1.2s ago  succeeded

            TCP 192.168.1.200:80  rr DR  persistent 1m 00s  armed  (VI_1 is MASTER)
              REAL SERVER       STATE  WEIGHT  ACTIVE  INACTIVE  CONNS  IN PKTS  IN BYTES  NEXT HOP           CHECKED   WHY
              192.168.1.201:80  up          1      12       345   1.2M    99999    100.0k  this node          4s ago    connected in 0.3 ms
              192.168.1.202:80  DOWN        1       0         0      0        0         0  02:00:00:00:02:02  2.5s ago  connection refused (4 attempts), for 1m 01s

            TCP 10.0.0.100:5432  wlc DR  not armed  (VI_2 is BACKUP)
              no real server is up: clients are not served
              REAL SERVER    STATE  WEIGHT  ACTIVE  INACTIVE  CONNS  IN PKTS  IN BYTES  NEXT HOP      CHECKED  WHY
              10.0.0.8:5432  DOWN      100       0         0      0        0         0  not resolved  -        connection timed out

            DATA PATH  eth0 native  connections 357 of 1048576 (0%)
              VERDICT    PACKETS
              forwarded    12.3M
              no-server        3

            PEER           MAC                INTERFACE     HEARD
            192.168.1.202  02:00:00:00:02:02  eth0       0.4s ago

            """,
            Print(SampleStatus.Node, colour: false));
    }

    [Fact]
    public void Colour_OnATerminal_LeavesTheColumnsWhereTheyAre()
    {
        string coloured = Print(SampleStatus.Node, colour: true);

        Assert.Contains("\e[1;31mDOWN\e[0m", coloured, StringComparison.Ordinal);
        Assert.Equal(
            Print(SampleStatus.Node, colour: false),
            System.Text.RegularExpressions.Regex.Replace(coloured, "\e\\[[0-9;]*m", ""));
    }

    [Fact]
    public void LastReload_IsToldBesideTheFile_AndLoudlyWhenItWasRefused()
    {
        NodeStatus node = SampleStatus.Node with { LastReload = new ReloadStatus { Applied = true, SecondsAgo = 12, Changes = 1 } };
        Assert.Contains("\n/etc/keepalived/keepalived.conf  reloaded 12s ago (1 change)\n", Print(node, colour: false), StringComparison.Ordinal);

        node = node with { LastReload = new ReloadStatus { SecondsAgo = 3, Why = "keepalived.conf has errors" } };
        Assert.Contains(
            "\n/etc/keepalived/keepalived.conf\nRELOAD REFUSED 3s ago, the configuration before runs on: keepalived.conf has errors\n",
            Print(node, colour: false),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Server_UpButFailingItsLastCheck_SaysSo()
    {
        var real = new RealServerStatus
        {
            Address = "10.0.0.1:80",
            Reason = "assumed up until its first check",
            LastCheck = new LastCheckStatus { Outcome = "connection refused", SecondsAgo = 1 },
        };
        NodeStatus node = new() { VirtualServers = [new VirtualServerStatus { Address = "10.0.0.9:80", RealServers = [real] }] };

        Assert.Contains("failing: connection refused", Print(node, colour: false), StringComparison.Ordinal);
    }

    // What ipvsadm -m made over a file that says DR, and a service with servers of both kinds.
    [Theory]
    [InlineData("NAT", "NAT", "TCP 10.0.0.9:80   NAT  ", "REAL SERVER  STATE")]
    [InlineData("NAT", "TUN type gre", "TCP 10.0.0.9:80   NAT + TUN type gre  ", "10.0.0.2:80  TUN type gre  up")]
    public void Method_IsThatOfTheServers(string first, string second, string title, string row)
    {
        RealServerStatus[] servers = [.. new[] { first, second }.Select((kind, at) => new RealServerStatus { Address = $"10.0.0.{at + 1}:80", Kind = kind })];
        NodeStatus node = new() { VirtualServers = [new VirtualServerStatus { Address = "10.0.0.9:80", Kind = "DR", RealServers = [.. servers] }] };

        string printed = Print(node, colour: false);
        Assert.Contains(title, printed, StringComparison.Ordinal);
        Assert.Contains(row, printed, StringComparison.Ordinal);
    }

    [Fact]
    public void PersistenceEngine_IsToldWithThePersistence()
    {
        var server = new VirtualServerStatus { Address = "192.168.1.200:5060", Protocol = "UDP", Scheduler = "rr", Kind = "DR", PersistenceTimeout = 60 };
        Assert.Contains(
            "UDP 192.168.1.200:5060  rr DR  persistent 1m 00s by sip  not armed",
            Print(new NodeStatus { VirtualServers = [server with { PersistenceEngine = "sip" }] }, colour: false),
            StringComparison.Ordinal);
        Assert.DoesNotContain(" by sip", Print(new NodeStatus { VirtualServers = [server] }, colour: false), StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyNode_Printed_IsTwoLines()
    {
        Assert.Equal(2, Print(new NodeStatus(), colour: false).Count(character => character == '\n'));
    }

    private static string Print(NodeStatus node, bool colour)
    {
        using var text = new StringWriter { NewLine = "\n" };
        StatusText.Write(node, text, colour);
        return text.ToString();
    }
}
