using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Config.Tests;

/// <summary><c>lvs_sync_daemon</c>: its words in any order, and each that is wrong by place.</summary>
public sealed class SyncDaemonTests
{
    private const string Instance = "vrrp_instance VI_1 {\n    interface eth0\n    virtual_router_id 1\n    virtual_ipaddress {\n        10.0.0.1\n    }\n}\n";

    [Fact]
    public void AllWords_AreRead() => Assert.Equal(
        new SyncDaemonConfig("eth1", "VI_1", default)
        {
            SyncId = 0, MaxLengthBytes = 1400, Port = 8849, TimeToLive = 2, Group = IpAddress.Parse("ff02::51"),
        },
        Read("eth1 VI_1 group ff02::51 ttl 2 port 8849 maxlen 1400 id 0"));

    [Fact]
    public void InterfaceAlone_LeavesTheRestOpen() => Assert.Equal(new SyncDaemonConfig("eth1", null, default), Read("eth1"));

    [Theory]
    [InlineData("eth1 VI_2", "PM1206", 26)]
    [InlineData("eth1 id", "PM1011", 26)]
    [InlineData("eth1 VI_1 nonsense 3", "PM1011", 31)]
    [InlineData("eth1 id 256", "PM1012", 29)]
    [InlineData("eth1 maxlen 65508", "PM1012", 33)]
    [InlineData("eth1 port 0", "PM1012", 31)]
    [InlineData("eth1 ttl 256", "PM1012", 30)]
    [InlineData("eth1 group 10.0.0.1", "PM1011", 32)]
    public void WrongWord_IsTold_AtItsPlace(string words, string code, int column)
    {
        ConfigResult result = Whole(words);
        Diagnostic complaint = Assert.Single(result.Diagnostics, diagnostic => diagnostic.IsError);
        Assert.Equal((code, 2, column), (complaint.Descriptor.Code, complaint.Span.Line, complaint.Span.Column));
    }

    private static SyncDaemonConfig Read(string words) => Whole(words).Configuration!.Global.SyncDaemon! with { Source = default };

    private static ConfigResult Whole(string words) =>
        ConfigReader.Read("f", $"global_defs {{\n    lvs_sync_daemon {words}\n}}\n{Instance}");
}
