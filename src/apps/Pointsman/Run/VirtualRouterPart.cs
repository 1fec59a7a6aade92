using System.Collections.Immutable;
using Pointsman.Config.Model;
using Pointsman.Engine;
using Pointsman.Probes;
using Pointsman.VirtualRouter.Client;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.App.Run;

/// <summary>The VRRP side of the daemon: the role process and the track scripts that feed it.</summary>
internal sealed class VirtualRouterPart : IDisposable
{
    // Leaving waits for a successor a little over a second; a role that needs longer hangs.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly Action<DaemonEvent> _post;
    private readonly VirtualRouterClient _client;
    private readonly RunPaths _paths;
    private readonly List<TrackScriptMonitor> _scripts = [];
    private VirtualRouterSettings? _settings;

    internal VirtualRouterPart(RunPaths paths, Action<DaemonEvent> post)
    {
        _paths = paths;
        _post = post;
        _client = new VirtualRouterClient(RoleLaunch.Self, said => post(new DaemonEvent.RoleSaid(said)));
    }

    internal bool IsRunning => _client.ProcessId is not null;

    internal ImmutableArray<TrackScriptSnapshot> Scripts => [.. _scripts.Select(script => script.Snapshot)];

    /// <summary>Starts the role, or gives the running one new settings; mastership survives.</summary>
    internal void Start(Configuration configuration, OwnershipMap ownership, bool hasDataPath)
    {
        _settings = new VirtualRouterSettings
        {
            Router = RouterTranslation.Translate(configuration),
            Bindings = [.. configuration.Instances.Select(instance => Binding(instance, configuration, ownership))],
            RunDirectory = _paths.RunDirectory,
            BpfPinDirectory = hasDataPath ? _paths.PinDirectory : null,
        };
        StopScripts();
        _client.Start(_settings);
        foreach (VrrpScriptConfig script in TrackedScripts(configuration))
        {
            _scripts.Add(new TrackScriptMonitor(
                new TrackScript(
                    script.Name,
                    new ScriptCommand(
                        script.Command,
                        script.User ?? configuration.Global.ScriptUser,
                        script.Group ?? configuration.Global.ScriptGroup),
                    script.Interval,
                    script.Timeout ?? script.Interval,
                    script.Rise,
                    script.Fall),
                turned => _post(new DaemonEvent.ScriptTurned(turned)),
                line => _post(new DaemonEvent.Line(line))));
        }
    }

    /// <summary>The role died: another takes its place with the same settings.</summary>
    internal void Respawn()
    {
        if (_settings is not null)
        {
            _client.Start(_settings);
        }
    }

    internal void ReportTrack(TrackScriptEvent turned) => _client.ReportTrack(turned.Name, turned.IsUp);

    internal void RequestSnapshot() => _client.RequestSnapshot();

    /// <returns>False when the role had to be killed.</returns>
    internal bool Stop()
    {
        StopScripts();
        return _client.Stop(StopPatience);
    }

    public void Dispose()
    {
        StopScripts();
        _client.Dispose();
    }

    private static IEnumerable<VrrpScriptConfig> TrackedScripts(Configuration configuration) =>
        configuration.Scripts.Where(script =>
            configuration.Instances.Any(instance => instance.TrackScripts.Any(track => track.Name == script.Name)));

    // Only an instance that owns a virtual server's address has something to lend the data path; for the others a lease
    // still guards the right to answer ARP.
    private static InstanceBinding Binding(
        VrrpInstanceConfig instance, Configuration configuration, OwnershipMap ownership) => new()
    {
        Addresses = [.. instance.VirtualAddresses.Select(a => new VirtualAddress(a.Prefix, a.Device, a.Label))],
        LeaseSlot = configuration.VirtualServers.IsEmpty ? null : ownership.SlotOf(instance.Name),
    };

    private void StopScripts()
    {
        foreach (TrackScriptMonitor script in _scripts)
        {
            script.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        _scripts.Clear();
    }
}
