using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Pointsman.App.Ipvsadm;
using Pointsman.App.Run;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;

namespace Pointsman.App.Tests.Run;

/// <summary>What ipvsadm sets and what `pointsman server` orders are two memories and one list.</summary>
public sealed class HandListTests : IDisposable
{
    private const string Vip = "10.0.0.200:80";
    private const string OrderLine = "real_server 10.0.0.1:80 of virtual_server 10.0.0.200:80 TCP is drained by order; the file says weight 1";
    private static readonly SourceSpan Nowhere = new("test.conf", 1, 1, 1);

    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-hand-").FullName;
    private readonly List<IDisposable> _open = [];

    private static Configuration File { get; } = Site("10.0.0.1", "10.0.0.2");

    [Fact]
    public void SettingsAndOrders_AreToldInOneList()
    {
        Daemon daemon = Start();
        daemon.Ipvsadm($"-a -t {Vip} -r 10.0.0.3:80 -g -w 4 -x 0 -y 0");
        daemon.Order("drain", "10.0.0.1");
        Assert.Equal(2, daemon.Lines.Length);
        Assert.Contains("10.0.0.3:80", daemon.Lines[0], StringComparison.Ordinal);
        Assert.Equal(OrderLine, daemon.Lines[1]);
    }

    // A server that only ipvsadm knows can be ordered about, too.
    [Fact]
    public void OrderForAServerThatIsNotTheFiles_IsInTheList()
    {
        Daemon daemon = Start();
        daemon.Ipvsadm($"-a -t {Vip} -r 10.0.0.3:80 -g -w 4 -x 0 -y 0");
        daemon.Order("disable", "10.0.0.3");
        Assert.Contains(daemon.Lines, line => line.StartsWith("real_server 10.0.0.3:80 of virtual_server", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData($"-e -t {Vip} -r 10.0.0.1:80 -g -w 7 -x 0 -y 0", 1)]
    [InlineData($"-d -t {Vip} -r 10.0.0.1:80", 1)]
    [InlineData($"-e -t {Vip} -r 10.0.0.1:80 -g -w 1 -x 0 -y 0", 0)]
    public void SettingOfAServer_EndsItsOrder_ForTheNextDaemonToo(string setting, int left)
    {
        Daemon daemon = Start();
        daemon.Order("drain", "10.0.0.1");
        daemon.Ipvsadm(setting);
        Assert.DoesNotContain(OrderLine, daemon.Lines);
        Assert.Equal(left, daemon.Lines.Length);
        Assert.Equal(daemon.Lines, Start().Lines);
    }

    [Fact]
    public void SettingOfAnotherServer_LeavesTheOrder_AndRestartsKeepBoth()
    {
        Daemon daemon = Start();
        daemon.Order("drain", "10.0.0.1");
        daemon.Ipvsadm($"-e -t {Vip} -r 10.0.0.2:80 -g -w 7 -x 0 -y 0");
        Assert.Equal(2, daemon.Lines.Length);
        Assert.Equal(daemon.Lines, Start().Lines);
    }

    [Fact]
    public void OrderAfterASetting_Holds_AndTheSettingIsToldBesideIt()
    {
        Daemon daemon = Start();
        daemon.Ipvsadm($"-e -t {Vip} -r 10.0.0.1:80 -g -w 7 -x 0 -y 0");
        daemon.Order("drain", "10.0.0.1");
        Assert.Equal(2, daemon.Lines.Length);
        Assert.Equal(0, daemon.Director.Engine.WeightOf(0, 0));
        daemon.Order("enable", "10.0.0.1");
        Assert.Single(daemon.Lines);
        Assert.Equal(7, daemon.Director.Engine.WeightOf(0, 0));
    }

    // Or the order would come back with the server, weeks later.
    [Fact]
    public void ServerLeavesTheFile_ItsOrderIsForgotten_AlsoByTheNextDaemon()
    {
        Daemon daemon = Start();
        daemon.Order("drain", "10.0.0.1");
        daemon.Reload(Site("10.0.0.2"));
        Assert.Empty(daemon.Lines);
        daemon.Reload(File);
        Assert.Empty(daemon.Lines);
        Assert.Empty(Start().Lines);
    }

    [Fact]
    public void NoteCannotBeWritten_OrderHolds_AndReloadGoesOn()
    {
        Daemon daemon = Start();
        Directory.CreateDirectory(new RunPaths(_folder, "/nowhere").ServerOrderNote);
        daemon.Order("drain", "10.0.0.1");
        Assert.Equal(0, daemon.Director.Engine.WeightOf(0, 0));
        daemon.Reload(Site("10.0.0.2"));
        Assert.Empty(daemon.Lines);
    }

    [Fact]
    public void FileIsReloadedUnchanged_BothStay()
    {
        Daemon daemon = Start();
        daemon.Ipvsadm($"-e -t {Vip} -r 10.0.0.2:80 -g -w 7 -x 0 -y 0");
        daemon.Order("drain", "10.0.0.1");
        ImmutableArray<string> before = daemon.Lines;
        daemon.Reload(File);
        Assert.Equal(before, daemon.Lines);
    }

    public void Dispose()
    {
        _open.ForEach(part => part.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>It may have been added a moment ago, and not stand in the tables yet.</summary>
    [Theory]
    [InlineData("-Z", null)]
    [InlineData("-Z -t 10.0.0.200:80", null)]
    [InlineData("-Z -t 10.0.0.201:80", "No such service")]
    public void ServiceWithoutTables_HasNothingToZero(string line, string? refusal)
    {
        Assert.Null(IpvsadmCommandLine.TryParse(line.Split(' '), ServiceAddressParser.Numeric, out IpvsadmRequest request));
        Assert.Equal(refusal, Start().Director.SetBeside(request));
    }

    private static Configuration Site(params string[] servers) => new()
    {
        VirtualServers =
        [
            new VirtualServerConfig(new TransportEndpoint(IpAddress.Parse("10.0.0.200"), 80), Nowhere)
            {
                Kind = LoadBalanceKind.Dr,
                RealServers = [.. servers.Select(server => new RealServerConfig(new TransportEndpoint(IpAddress.Parse(server), 80), Nowhere) { Kind = LoadBalanceKind.Dr })],
            },
        ],
    };

    private Daemon Start()
    {
        var paths = new RunPaths(_folder, "/nowhere");
        var settings = new ByHandPart(paths, NullLogger.Instance);
        var notifications = new NotificationPart(_ => { }, NullLogger.Instance);
        var director = new DirectorPart(paths, settings.Table.Over(File), notifications, _ => { }, NullLogger.Instance);
        _open.Add(director);
        _open.Add(notifications);
        director.Start();
        var orders = new ServerOrderPart(paths, director, NullLogger.Instance);
        orders.Open(settings.Table.Over(File));
        return new Daemon(settings, director, orders, new HandList(settings, orders));
    }

    /// <summary>The parts of a daemon that have to do with it, joined as the daemon joins them.</summary>
    private sealed class Daemon(ByHandPart settings, DirectorPart director, ServerOrderPart orders, HandList list)
    {
        private Configuration _file = File;

        internal DirectorPart Director => director;

        internal ImmutableArray<string> Lines => list.Lines(_file);

        internal void Ipvsadm(string line) => Assert.Equal([""], settings.Obey(
            [line],
            _file,
            new HandEffects(
                _ => null,
                next =>
                {
                    director.Reload(next);
                    return null;
                },
                _ => "no setting",
                (service, server) => list.OnSetting(service, server, _file))).Refusals);

        internal void Order(string words, string server) => orders.Obey([words, Vip, server], settings.Table.Over(_file));

        internal void Reload(Configuration file)
        {
            director.Reload(settings.Under(file).Over(file));
            list.OnFile(file);
            _file = file;
        }
    }
}
