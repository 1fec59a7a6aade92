using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Pointsman.App.Run;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Control.Reload;
using Pointsman.Control.Status;

namespace Pointsman.App.Tests.Run;

/// <summary>A file takes the place of the running configuration whole, or not at all.</summary>
public sealed class ConfigurationPartTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-reload-").FullName;
    private readonly BlockingCollection<DaemonEvent> _events = [];
    private readonly List<Configuration> _applied = [];
    private readonly ConfigurationPart _part;

    public ConfigurationPartTests()
    {
        Save("priority 100");
        Save("", "more.conf");
        var options = new RunOptions { ConfigFile = FileName };
        ConfigResult start = ConfigFile.Read(options, out _)!;
        _part = new ConfigurationPart(options, start.Configuration!, _events.Add, NullLogger.Instance);
    }

    private string FileName => Path.Combine(_folder, "keepalived.conf");

    public void Dispose()
    {
        _events.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void GoodFile_IsApplied_AndToldInWords()
    {
        Save("priority 90");
        ReloadReport report = Ask();

        Assert.Equal(ReloadOutcome.Applied, report.Outcome);
        Assert.Equal("vrrp_instance VI_1: priority 100 -> 90", Assert.Single(report.Changes).Text);
        Assert.Equal(90, Assert.Single(_applied).Instances[0].Priority);
        Assert.Equal(90, _part.Current.Instances[0].Priority);
        Assert.Equal((true, 1), (Last.Applied, Last.Changes));
    }

    [Fact]
    public void ChangeInAnIncludedFile_Counts()
    {
        Save("virtual_server 10.0.0.1 80 {\nprotocol TCP\nlb_kind DR\nreal_server 10.0.0.2 80 {\n}\n}\n", "more.conf");

        Assert.Equal("virtual_server 10.0.0.1 80 added", Assert.Single(Ask().Changes).Text);
    }

    [Fact]
    public void BadFile_IsRefused_NothingChanges_AndTheReasonStays()
    {
        Configuration before = _part.Current;
        Save("priority 900");
        ReloadReport report = Ask();

        Assert.Equal(ReloadOutcome.Refused, report.Outcome);
        Assert.Contains("keepalived.conf:5:", report.Complaints, StringComparison.Ordinal);
        Assert.Empty(_applied);
        Assert.Same(before, _part.Current);
        Assert.False(Last.Applied);
        Assert.Contains("has errors", Last.Why, StringComparison.Ordinal);

        Save("priority 90");
        Ask();
        Assert.True(Last.Applied);
    }

    [Fact]
    public void VanishedFile_IsRefused()
    {
        File.Delete(FileName);
        ReloadReport report = Ask();

        Assert.Equal(ReloadOutcome.Refused, report.Outcome);
        Assert.Contains("the configuration: cannot read `", report.Why, StringComparison.Ordinal);
        Assert.Empty(_applied);
    }

    [Fact]
    public void HostCannotDoIt_IsRefused_TheConfigurationBeforeStays()
    {
        Save("priority 90");
        ReloadReport report = Ask(apply: _ => "too large");

        Assert.Equal((ReloadOutcome.Refused, "too large"), (report.Outcome, report.Why));
        Assert.Equal(100, _part.Current.Instances[0].Priority);
        Assert.Equal(("too large", 1), (Last.Why, Last.Changes));
    }

    [Fact]
    public void OnlyCompared_NothingIsAppliedOrRemembered()
    {
        Save("priority 90");
        ReloadReport report = Ask(applies: false);

        Assert.Equal(ReloadOutcome.Compared, report.Outcome);
        Assert.Single(report.Changes);
        Assert.Empty(_applied);
        Assert.Null(_part.LastReload(Instant.Zero));
    }

    [Fact]
    public async Task AskedTwiceQuickly_EachSeesTheFileAsItIsThen_InOrder()
    {
        Save("priority 90");
        var first = new TaskCompletionSource<ReloadReport>();
        var second = new TaskCompletionSource<ReloadReport>();
        _part.Ask(new ReloadRequest(null, Applies: true, first));
        _part.Ask(new ReloadRequest(null, Applies: true, second));
        DaemonEvent.ConfigurationRead read = NextReading();
        Assert.Empty(_events);
        _part.OnRead(read.Reading, Apply);
        Assert.True(first.Task.IsCompleted);
        _part.OnRead(NextReading().Reading, Apply);

        Assert.Single((await first.Task).Changes);
        Assert.Empty((await second.Task).Changes);
        Assert.Equal(2, _applied.Count);
    }

    [Fact]
    public void ManySignals_AreTheOneThatIsReadAndOneMore()
    {
        for (int i = 0; i < 10; i++)
        {
            _part.Ask(new ReloadRequest(null, Applies: true, null));
        }

        _part.OnRead(NextReading().Reading, Apply);
        _part.OnRead(NextReading().Reading, Apply);

        Assert.False(_events.TryTake(out _, TimeSpan.FromMilliseconds(50)));
        Assert.Equal(2, _applied.Count);
    }

    private ReloadStatus Last => _part.LastReload(Instant.Zero)!;

    private void Save(string line) => Save($$"""
        include more.conf
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            {{line}}
            virtual_ipaddress {
                10.0.0.1
            }
        }

        """, "keepalived.conf");

    private void Save(string text, string name) => File.WriteAllText(Path.Combine(_folder, name), text);

    private ReloadReport Ask(bool applies = true, Func<Configuration, string?>? apply = null)
    {
        var answer = new TaskCompletionSource<ReloadReport>();
        _part.Ask(new ReloadRequest(null, applies, answer));
        _part.OnRead(NextReading().Reading, apply ?? Apply);
        return answer.Task.Result;
    }

    private DaemonEvent.ConfigurationRead NextReading()
    {
        Assert.True(_events.TryTake(out DaemonEvent? happened, Patience));
        return Assert.IsType<DaemonEvent.ConfigurationRead>(happened);
    }

    private string? Apply(Configuration next)
    {
        _applied.Add(next);
        return null;
    }
}
