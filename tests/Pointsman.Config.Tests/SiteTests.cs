using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Tests;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>Whole files of real sites, read as keepalived reads them.</summary>
public sealed class SiteTests
{
    [Fact]
    public void EveningMaster_Read_GivesTheElection()
    {
        VrrpInstanceConfig instance = Assert.Single(Read("evening-master.conf").Instances);
        Assert.Equal("VI_1", instance.Name);
        Assert.True(instance.StartsAsMaster);
        Assert.Equal("ens33", instance.Interface);
        Assert.Equal(51, instance.VirtualRouterId);
        Assert.Equal(100, instance.Priority);
        Assert.Equal(TimeSpan.FromSeconds(1), instance.AdvertInterval);
        Assert.Equal("1111", instance.AuthPass);
        Assert.Equal("192.168.1.200/32", Assert.Single(instance.VirtualAddresses).Prefix.ToString());
        Assert.Equal(TimeSpan.FromSeconds(5), instance.GarpMasterDelay);
        Assert.Equal(5, instance.GarpMasterRepeat);
    }

    [Fact]
    public void EveningMaster_Read_GivesTheService()
    {
        VirtualServerConfig server = Assert.Single(Read("evening-master.conf").VirtualServers);
        Assert.Equal(Endpoint("192.168.1.200", 80), server.Address);
        Assert.Equal(LoadBalanceAlgorithm.Rr, server.Algorithm);
        Assert.Equal(TimeSpan.FromSeconds(6), server.DelayLoop);
        Assert.Equal(TimeSpan.FromSeconds(50), server.PersistenceTimeout);
        Assert.Equal([Endpoint("192.168.1.130", 80), Endpoint("192.168.1.131", 80)], server.RealServers.Select(s => s.Address));
        Assert.All(server.RealServers, realServer => Assert.Equal(3, realServer.Weight));
        CheckerConfig check = Assert.Single(server.RealServers[0].Checks);
        Assert.Equal(TimeSpan.FromSeconds(10), check.ConnectTimeout);
        Assert.Equal(3, check.Retry);
        Assert.Equal(TimeSpan.FromSeconds(3), check.DelayBeforeRetry);
        Assert.Equal((ushort)80, check.ConnectPort);
    }

    [Fact]
    public void EveningMaster_Read_GivesTheGlobals()
    {
        GlobalDefinitions global = Read("evening-master.conf").Global;
        Assert.Equal("LVS_MASTER", global.RouterId);
        Assert.Equal(["ops@example.org", "web-team@example.org"], global.Mail.To);
        Assert.Equal("lvs@example.org", global.Mail.From);
        Assert.Equal("127.0.0.1", global.Mail.Server);
        Assert.Equal(25, global.Mail.Port);
        Assert.Equal(TimeSpan.FromSeconds(30), global.Mail.ConnectTimeout);
    }

    [Fact]
    public void EveningMaster_Read_WarnsOnlyOfNatMaskAndOldRetry()
    {
        ConfigResult result = ConfigReader.Read("evening-master.conf", Repository.Site("evening-master.conf"));
        Assert.Equal(["PM1021", "PM1020"], result.Diagnostics.Select(d => d.Descriptor.Code));
    }

    [Fact]
    public void EveningBackup_Read_DiffersOnlyWhereTheStandbyMust()
    {
        VrrpInstanceConfig backup = Assert.Single(Read("evening-backup.conf").Instances);
        Assert.False(backup.StartsAsMaster);
        Assert.Equal(50, backup.Priority);
    }

    [Fact]
    public void CdnMaster_Read_GivesTheGroup()
    {
        Configuration configuration = Read("cdn-master.conf");
        SyncGroupConfig group = Assert.Single(configuration.SyncGroups);
        Assert.Equal("VGM", group.Name);
        Assert.Equal(["VI_CACHE", "VI_INNER"], group.Members);
        Assert.All(configuration.Instances, instance =>
        {
            Assert.Equal(180, instance.Priority);
            Assert.Equal(TimeSpan.FromSeconds(5), instance.AdvertInterval);
        });
        VirtualAddressConfig outer = Assert.Single(configuration.Instances[0].VirtualAddresses);
        Assert.Equal(("125.38.38.64/27", "eth0", "eth0:1"), (outer.Prefix.ToString(), outer.Device, outer.Label));
        VirtualAddressConfig inner = Assert.Single(configuration.Instances[1].VirtualAddresses);
        Assert.Equal(IpAddress.Parse("10.10.0.255"), inner.Broadcast);
    }

    [Fact]
    public void CdnMaster_Read_GivesFourEqualCaches()
    {
        VirtualServerConfig server = Assert.Single(Read("cdn-master.conf").VirtualServers);
        Assert.Equal(LoadBalanceAlgorithm.Wlc, server.Algorithm);
        Assert.Equal(LoadBalanceKind.Dr, server.Kind);
        Assert.Null(server.PersistenceTimeout);
        Assert.Equal(4, server.RealServers.Length);
        Assert.All(server.RealServers, realServer =>
        {
            Assert.Equal(100, realServer.Weight);
            CheckerConfig check = Assert.Single(realServer.Checks);
            Assert.Equal((3, 3, 3), (check.ConnectTimeout.TotalSeconds, check.Retry, check.DelayBeforeRetry.TotalSeconds));
        });
    }

    [Theory]
    [InlineData("cdn-master.conf")]
    [InlineData("cdn-backup.conf")]
    [InlineData("colocated-master.conf")]
    [InlineData("colocated-backup.conf")]
    public void SoundSite_Read_SaysNothing(string name) =>
        Assert.Empty(ConfigReader.Read(name, Repository.Site(name)).Diagnostics);

    [Fact]
    public void Colocated_Read_GivesTheScriptAndBothServices()
    {
        Configuration configuration = Read("colocated-master.conf");
        VrrpScriptConfig script = Assert.Single(configuration.Scripts);
        Assert.Equal(["/etc/keepalived/check_nginx.sh"], script.Command);
        Assert.Equal((TimeSpan.FromSeconds(2), 2), (script.Interval, script.Weight));
        Assert.Equal("chk_nginx", Assert.Single(configuration.Instances[0].TrackScripts).Name);
        Assert.Equal([80, 5432], configuration.VirtualServers.Select(server => (int)server.Address.Port));
        Assert.Equal(TimeSpan.FromSeconds(60), configuration.VirtualServers[0].PersistenceTimeout);
        Assert.Null(configuration.VirtualServers[1].PersistenceTimeout);
        Assert.True(configuration.Global.EnableScriptSecurity);
        Assert.Equal("root", configuration.Global.ScriptUser);
    }

    [Fact]
    public void FilesOfTheLab_Read_HaveNoError()
    {
        string[] paths = Directory.GetFiles(
            SourceTree.PathOf("lab"), "*.keepalived.conf", SearchOption.AllDirectories);
        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.DoesNotContain(
            ConfigReader.Read(path, File.ReadAllText(path)).Diagnostics, diagnostic => diagnostic.IsError));
    }

    private static Configuration Read(string name)
    {
        ConfigResult result = ConfigReader.Read(name, Repository.Site(name));
        Assert.True(result.Configuration is not null, DiagnosticRenderer.Human(result));
        return result.Configuration;
    }

    private static TransportEndpoint Endpoint(string address, ushort port) => new(IpAddress.Parse(address), port);
}
