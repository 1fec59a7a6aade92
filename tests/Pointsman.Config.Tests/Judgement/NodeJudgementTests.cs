using Pointsman.Base;
using Pointsman.Config.Judgement;
using Pointsman.Config.Model;
using Xunit;

namespace Pointsman.Config.Tests.Judgement;

/// <summary>What is remarked on one node, and what is not.</summary>
public sealed class NodeJudgementTests
{
    [Fact]
    public void Evening_Judged_DoesTheSumOfItsCheck()
    {
        // 6 + 4 x 10 + 3 x 3, as the machine of the checks waits.
        Diagnostic note = Only(Site("evening-master.conf"), JudgementCatalogue.SlowCheck);
        Assert.Contains("after at most 55 s", note.Message, StringComparison.Ordinal);
        Assert.Contains("at most 15 s", note.Hint, StringComparison.Ordinal);
        Diagnostic timeout = Only(Site("evening-master.conf"), JudgementCatalogue.TimeoutBeyondLoop);
        Assert.Contains("every 16 s", timeout.Label, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("delay_loop 6", "connect_timeout 3")]
    [InlineData("delay_loop 2", "connect_timeout 2")]
    public void LongTimeout_Judged_GetsOneThatFitsTheLoop(string loop, string advice)
    {
        string text = Repository.Site("evening-master.conf").Replace("delay_loop 6", loop, StringComparison.Ordinal);
        Diagnostic note = Only(ConfigReader.Read("f", text), JudgementCatalogue.TimeoutBeyondLoop);
        Assert.StartsWith($"type `{advice}`", note.Hint, StringComparison.Ordinal);
        ConfigResult mended = ConfigReader.Read("f", text.Replace("connect_timeout 10", advice, StringComparison.Ordinal));
        Assert.DoesNotContain(Judge.Node(mended).Diagnostics, d => d.Descriptor == JudgementCatalogue.TimeoutBeyondLoop);
    }

    [Fact]
    public void ServicesWithTheSameNumbers_Judged_AreOneNote()
    {
        Diagnostic note = Only(Site("colocated-master.conf"), JudgementCatalogue.SlowCheck);
        Assert.Contains("the same holds for `192.168.0.200 5432`", note.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void ServerWithTwoChecks_Judged_LeavesByTheQuicker()
    {
        Configuration configuration = Site("evening-master.conf").Configuration!;
        VirtualServerConfig server = configuration.VirtualServers[0];
        RealServerConfig real = server.RealServers[0];
        CheckerConfig quick = real.Checks[0] with { DelayLoop = TimeSpan.FromSeconds(1), Retry = 0, ConnectTimeout = TimeSpan.FromSeconds(0.5) };
        real = real with { Checks = [real.Checks[0], quick] };
        Configuration changed = configuration with { VirtualServers = [server with { RealServers = [real] }] };
        Diagnostic note = Only(Site("evening-master.conf") with { Configuration = changed }, JudgementCatalogue.SlowCheck);
        Assert.Contains("after at most 1.5 s", note.Message, StringComparison.Ordinal);
        Assert.Equal("`delay_loop` 1 s + one attempt of `connect_timeout` 0.5 s", note.Label);
    }

    [Theory]
    [InlineData("cdn-master.conf", "PM1501 PM1508")]
    [InlineData("cdn-backup.conf", "PM1501 PM1508")]
    [InlineData("colocated-master.conf", "PM1501")]
    [InlineData("colocated-backup.conf", "PM1501")]
    [InlineData("evening-master.conf", "PM1020 PM1021 PM1501 PM1502")]
    public void SoundSite_Judged_DrawsOnlyTheseRemarks(string site, string codes) =>
        Assert.Equal(codes, string.Join(' ', Judge.Node(Site(site)).Diagnostics.Select(d => d.Descriptor.Code).Order()));

    [Fact]
    public void FileWithErrors_Judged_IsLeftAlone()
    {
        ConfigResult broken = ConfigReader.Read("f", Repository.Site("evening-master.conf").Replace("priority", "prority", StringComparison.Ordinal));
        Assert.Equal(broken, Judge.Node(broken));
    }

    [Theory]
    [InlineData("unicast_src_ip 192.168.1.11")]
    [InlineData("unicast_peer {\n 192.168.1.11\n }")]
    public void ServerThatSpeaksOrHearsUnicastAdverts_IsADirector(string line)
    {
        ConfigResult judged = Judge.Node(ConfigReader.Read(
            "f",
            $"vrrp_instance VI_1 {{\n interface eth0\n virtual_router_id 51\n {line}\n virtual_ipaddress {{\n 192.168.1.200\n }}\n}}\n"
                + "virtual_server 192.168.1.200 80 {\n lb_kind DR\n protocol TCP\n real_server 192.168.1.11 80 {\n TCP_CHECK {\n }\n }\n}\n"));
        Assert.Contains("192.168.1.11", Only(judged, JudgementCatalogue.ServerIsDirector, isJudged: true).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ServerOfSeveralServices_ThatIsADirector_IsToldOnce()
    {
        ConfigResult site = Site("colocated-master.conf");
        VrrpInstanceConfig instance = site.Configuration!.Instances[0] with { McastSrcIp = IpAddress.Parse("192.168.0.201") };
        ConfigResult judged = Judge.Node(site with { Configuration = site.Configuration with { Instances = [instance] } });
        Assert.Contains("192.168.0.201", Only(judged, JudgementCatalogue.ServerIsDirector, isJudged: true).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Notes_Counted_AreNeitherErrorsNorWarnings()
    {
        DiagnosticReport report = DiagnosticRenderer.Report(Judge.Node(Site("cdn-master.conf")));
        Assert.Equal((0, 0, 2), (report.Errors, report.Warnings, report.Notes));
    }

    [Fact]
    public void ServiceInAnIncludedFile_Judged_IsRemarkedOnThere()
    {
        string[] halves = Repository.Site("evening-master.conf").Split("virtual_server", 2);
        var files = new MemoryFiles
        {
            ["main.conf"] = $"include services.conf\n{halves[0]}",
            ["services.conf"] = $"virtual_server{halves[1]}",
        };
        ConfigResult judged = Judge.Node(ConfigReader.Read(files, "main.conf"));
        Assert.NotNull(judged.Configuration);
        Diagnostic note = Only(judged, JudgementCatalogue.SlowCheck, isJudged: true);
        Assert.Equal(("services.conf", 1), (note.Span.File, note.Span.Line));
        Assert.Contains("1 | virtual_server 192.168.1.200 80 {", DiagnosticRenderer.Human(judged), StringComparison.Ordinal);
    }

    private static ConfigResult Site(string name) => ConfigReader.Read(name, Repository.Site(name));

    private static Diagnostic Only(ConfigResult result, DiagnosticDescriptor descriptor, bool isJudged = false) =>
        Assert.Single((isJudged ? result : Judge.Node(result)).Diagnostics, diagnostic => diagnostic.Descriptor == descriptor);
}
