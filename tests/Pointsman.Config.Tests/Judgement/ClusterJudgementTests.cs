using Pointsman.Base;
using Pointsman.Config.Judgement;
using Pointsman.Config.Model;
using Pointsman.Tests;
using Xunit;

namespace Pointsman.Config.Tests.Judgement;

/// <summary>What is remarked between nodes, and what is not.</summary>
public sealed class ClusterJudgementTests
{
    [Theory]
    [InlineData("cdn")]
    [InlineData("colocated")]
    [InlineData("evening")]
    public void SoundSite_Judged_DrawsNoRemark(string site) =>
        Assert.Equal("", DiagnosticRenderer.Human(Judge.Cluster(Site($"{site}-master.conf"), Site($"{site}-backup.conf"))));

    [Fact]
    public void PairsOfTheLab_Judged_DrawNoRemark()
    {
        string[] masters = Directory.GetFiles(
            SourceTree.PathOf("lab"), "lb1.keepalived.conf", SearchOption.AllDirectories);
        Assert.NotEmpty(masters);
        Assert.All(masters, master =>
        {
            string backup = master.Replace("lb1.", "lb2.", StringComparison.Ordinal);
            Assert.Equal("", DiagnosticRenderer.Human(Judge.Cluster(
                ConfigReader.Read(master, File.ReadAllText(master)), ConfigReader.Read(backup, File.ReadAllText(backup)))));
        });
    }

    [Fact]
    public void FilesOfDifferentSites_Judged_AreOneRemark() =>
        Assert.Equal(["PM1601"], Codes(Site("cdn-master.conf"), Site("evening-backup.conf")));

    [Fact]
    public void ThreeNodes_OneOfThemOdd_IsOneRemark() =>
        Assert.Equal(["PM1613"], Codes(
            Site("evening-master.conf"),
            Site("evening-backup.conf"),
            Site("evening-backup.conf", ("LVS_BACKUP", "LVS_THIRD"), ("priority 50", "priority 40"), ("lb_algo rr", "lb_algo wlc"))));

    [Fact]
    public void FileWithErrors_AmongTheNodes_IsLeftOut() =>
        Assert.Empty(Codes(Site("evening-master.conf"), Site("evening-backup.conf", ("priority 50", "prority 50"))));

    [Fact]
    public void OneFile_Judged_HasNobodyToDifferFrom() => Assert.Empty(Codes(Site("evening-master.conf")));

    [Fact]
    public void FileGivenTwice_Judged_IsTwoNodesThatFight() =>
        Assert.Equal(["PM1607", "PM1608", "PM1615"], Codes(Site("evening-master.conf"), Site("evening-master.conf")));

    [Fact]
    public void NameThatDiffers_WithTheSameNumber_IsTheSameRouter() =>
        Assert.Equal(["PM1604"], Codes(
            Site("evening-master.conf"), Site("evening-backup.conf", ("vrrp_instance VI_1", "vrrp_instance WEB"), ("advert_int 1", "advert_int 3"))));

    [Fact]
    public void AuthType_OtherWithTheSamePassword_IsToldOnce() => Assert.Equal(
        ["PM1605"], Codes(Site("evening-master.conf"), Site("evening-backup.conf", ("auth_type PASS", "auth_type AH"))));

    // In version 3 a backup goes by its master's interval.
    [Fact]
    public void Interval_OtherInVersion3_IsNotTold() => Assert.DoesNotContain("PM1604", Codes(
        Site("evening-master.conf", ("advert_int 1", "advert_int 1\n    version 3")),
        Site("evening-backup.conf", ("advert_int 1", "advert_int 3\n    version 3"))));

    [Fact]
    public void NumberOfAnotherInstance_TypedByMistake_IsToldOfItsOwn()
    {
        // The number 52 is VI_INNER's on both nodes; on the second, VI_CACHE has it too, on another interface.
        ConfigResult second = Site("cdn-backup.conf", ("virtual_router_id 51", "virtual_router_id 52"));
        Diagnostic only = Assert.Single(Judge.Cluster(Site("cdn-master.conf"), second).Diagnostics);
        Assert.Equal("PM1603", only.Descriptor.Code);
        Assert.Contains("VI_CACHE", only.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Passwords_ThatDifferBeyondEightBytes_AreTheSame() =>
        Assert.Empty(Codes(
            Site("evening-master.conf", ("auth_pass 1111", "auth_pass 12345678a")),
            Site("evening-backup.conf", ("auth_pass 1111", "auth_pass 12345678b"))));

    [Fact]
    public void Passwords_ThatDiffer_AreNotShown()
    {
        ConfigResult judged = Judge.Cluster(Site("evening-master.conf", ("1111", "s3cret")), Site("evening-backup.conf"));
        Assert.Equal("PM1605", Assert.Single(judged.Diagnostics).Descriptor.Code);
        Assert.DoesNotContain("s3cret", DiagnosticRenderer.Human(judged), StringComparison.Ordinal);
        Assert.DoesNotContain("1111", DiagnosticRenderer.Json(judged), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(255)]
    [Rfc("9568-8.3.2-1")]
    [Rfc("9568-8.3.2-3")]
    public void EqualPriorities_OfTwoNodes_AreTold(int priority) =>
        Assert.Equal(["PM1607"], Codes(
            Site("evening-master.conf", ("priority 100", $"priority {priority}")),
            Site("evening-backup.conf", ("priority 50", $"priority {priority}"))));

    [Fact]
    public void EqualPriorities_WithNopreemptOnBoth_AreMeant() =>
        Assert.Empty(Codes(
            Site("evening-master.conf", ("state MASTER", "state BACKUP\n nopreempt")),
            Site("evening-backup.conf", ("priority 50", "priority 100\n nopreempt"))));

    [Fact]
    public void Address_WithAnotherLength_IsToldWithBoth()
    {
        Diagnostic only = Assert.Single(Judge.Cluster(
            Site("evening-master.conf"), Site("evening-backup.conf", ("        192.168.1.200\n", "        192.168.1.200/24\n"))).Diagnostics);
        Assert.Equal(("only here: 192.168.1.200/24", "only here: 192.168.1.200/32"), (only.Label, only.Related?.Label));
    }

    [Theory]
    [InlineData("nb_get_retry 3", "nb_get_retry 2", 1)]
    [InlineData("connect_port 80", "connect_port 8080", 1)]
    [InlineData("connect_port 80", "connect_ip 192.168.1.1", 1)]
    [InlineData("            connect_port 80\n", "", 0)]
    [InlineData("delay_loop 6", "delay_loop 7", 1)]
    public void Checks_ThatDifferInWhatTheyDo_AreOneNoteAService(string from, string to, int count) =>
        Assert.Equal(
            Enumerable.Repeat("PM1617", count),
            Codes(Site("evening-master.conf"), Site("evening-backup.conf", (from, to))));

    // Priorities 101 and 100; the first number is the script's weight on the first node, the second on the second.
    [Theory]
    [InlineData(2, 2, null)]
    [InlineData(1, 1, "type `weight 2` on every node")]
    [InlineData(-1, -1, "type `weight -2` on every node")]
    [InlineData(-2, -2, null)]
    [InlineData(0, 0, null)]
    [InlineData(10, 0, "track `chk_nginx` on every node")]
    public void Weight_AgainstTheDistanceOfThePriorities_BringsAFailoverOrIsTold(int first, int second, string? hint)
    {
        ConfigResult judged = Judge.Cluster(
            Site("colocated-master.conf", ("    weight 2\n", $"    weight {first}\n")),
            Site("colocated-backup.conf", ("    weight 2\n", $"    weight {second}\n")));
        Diagnostic? found = judged.Diagnostics.SingleOrDefault(diagnostic => diagnostic.Descriptor == JudgementCatalogue.WeightTooSmall);
        Assert.Equal(hint is null, found is null);
        Assert.StartsWith(hint ?? "", found?.Hint ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void ServerThatIsTheOtherNode_Judged_IsTold()
    {
        ConfigResult first = Site("colocated-master.conf", ("state MASTER", "state MASTER\n mcast_src_ip 192.168.0.201"));
        ConfigResult second = Site("colocated-backup.conf", ("state BACKUP", "state BACKUP\n mcast_src_ip 192.168.0.202"));
        Diagnostic[] found = [.. Judge.Cluster(first, second).Diagnostics];
        Assert.Equal([JudgementCatalogue.ServerIsDirector, JudgementCatalogue.ServerIsDirector], found.Select(d => d.Descriptor));
        Assert.Equal(("colocated-master.conf", "colocated-backup.conf"), (found[0].Span.File, found[0].Related?.Span.File));
    }

    [Fact]
    public void LargeSite_HeldAgainstItself_IsComparedInOnePass()
    {
        var services = Enumerable.Range(0, 2300).Select(i => new VirtualServerConfig(
            new TransportEndpoint(IpAddress.FromV4Bits(0x0a000000 + (uint)i), 80), default)
        {
            RealServers =
            [
                .. Enumerable.Range(0, 16).Select(j => new RealServerConfig(
                    new TransportEndpoint(IpAddress.FromV4Bits(0x0b000000 + ((uint)i * 16) + (uint)j), 80), default)),
            ],
        });
        ConfigResult site = Site("evening-master.conf");
        ConfigResult large = site with { Configuration = site.Configuration! with { Instances = [], VirtualServers = [.. services] } };
        Assert.Equal(["PM1615"], Codes(large, large));
    }

    private static IEnumerable<string> Codes(params ReadOnlySpan<ConfigResult> results) =>
        [.. Judge.Cluster(results).Diagnostics.Select(diagnostic => diagnostic.Descriptor.Code)];

    private static ConfigResult Site(string name, params ReadOnlySpan<(string From, string To)> changes)
    {
        string text = Repository.Site(name);
        foreach ((string from, string to) in changes)
        {
            Assert.Contains(from, text, StringComparison.Ordinal);
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        return ConfigReader.Read(name, text);
    }
}
