using System.ComponentModel;
using System.Text.Json;
using Pointsman.VirtualRouter.Json;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Client;

// The control process's side of the VRRP role: it starts the role, tells it script results and hears its events.
//
// At most one role runs per run directory. A new one, once it is ready, has the one before make way without a word on the
// wire (also an orphan of a control process that died, or of the program before an upgrade) and goes on as master where
// that one was. One that does not come up leaves the one before in its place.
//
// The caller decides about respawning: on an Exited event that was not asked for, call Start again. Script results are
// remembered and told to every new role.
//
// Any thread may call, but not from within the event callback: events come on the role's reader thread, one at a time, and
// a role's end is waited for until that thread has told it.

/// <summary>Starts, feeds and stops the VRRP role.</summary>
public sealed class VirtualRouterClient(RoleLaunch launch, Action<RoleEvent> onEvent) : IDisposable
{
    // A new role is ready in a fraction of a second, and ends one that hangs by itself; this is for a machine on its knees.
    private static readonly TimeSpan HandOverPatience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ReconfigurePatience = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    // The last word on each tracked thing, by kind and name.
    private readonly SortedDictionary<string, RoleCommand> _trackResults = new(StringComparer.Ordinal);
    private RoleConnection? _role;
    private VirtualRouterSettings? _running;
    private string? _settings;

    /// <summary>Why no process could be made at the last <see cref="Start"/> (no memory, no descriptors, no program); null: one was, or none had to be.</summary>
    public string? StartFault { get; private set; }

    /// <summary>Null while no role runs.</summary>
    public int? ProcessId
    {
        get
        {
            lock (_lock)
            {
                return _role is { HasExited: false } role ? role.ProcessId : null;
            }
        }
    }

    /// <summary>
    /// Starts a role with these settings in place of the one that runs, if any (also one this client knows nothing of).
    /// A role that runs goes on with the new settings; where they are not for its process (<see
    /// cref="VirtualRouterSettings.FitsProcessOf"/>) another takes its place, and mastership survives the change. If the new role does not come up, the one
    /// before serves on, and <see cref="RoleEvent.Exited"/> tells of the new one's end.
    /// </summary>
    /// <returns>False when the new role did not come up.</returns>
    public bool Start(VirtualRouterSettings settings)
    {
        lock (_lock)
        {
            StartFault = null;
            if (TryReconfigure(settings))
            {
                Begin(settings);
                return true;
            }

            if (TryMake(settings) is not { } next)
            {
                return false;
            }

            if (_role is { } former && !former.TryMakeWayFor(next, HandOverPatience))
            {
                next.Dispose();
                return false;
            }

            _role = next;
            Begin(settings);
            return true;
        }
    }

    private RoleConnection? TryMake(VirtualRouterSettings settings)
    {
        try
        {
            Directory.CreateDirectory(settings.RunDirectory);
            return new RoleConnection(launch, settings, onEvent);
        }
        catch (Exception refused) when (refused is Win32Exception or IOException or UnauthorizedAccessException)
        {
            StartFault = refused.Message;
            return null;
        }
    }

    // A role that takes its leave or hangs is replaced.
    private bool TryReconfigure(VirtualRouterSettings settings) =>
        _role is { HasExited: false } role && _running is { } former && settings.FitsProcessOf(former)
        && role.TryReconfigure(settings, ReconfigurePatience);

    private void Begin(VirtualRouterSettings settings)
    {
        _running = settings;
        _settings = TextOf(settings);
        Forget(settings);
        foreach (RoleCommand result in _trackResults.Values)
        {
            _role?.Send(result);
        }
    }

    /// <summary>A role runs, and these are its settings: there is nothing to change.</summary>
    public bool RunsWith(VirtualRouterSettings settings)
    {
        lock (_lock)
        {
            return _role is { HasExited: false } && _settings == TextOf(settings);
        }
    }

    /// <summary>A tracked script has a result.</summary>
    public void ReportTrack(string name, bool isUp) => Report($"script {name}", new RoleCommand.TrackResult(name, isUp));

    /// <summary>A tracked process runs as often as it should, or not.</summary>
    public void ReportProcess(string name, bool isUp) => Report($"process {name}", new RoleCommand.ProcessResult(name, isUp));

    /// <summary>A path watched by BFD is up, or down.</summary>
    public void ReportPath(string name, bool isUp) => Report($"path {name}", new RoleCommand.PathResult(name, isUp));

    /// <summary>What the driver of a polled interface says of its link.</summary>
    public void ReportLinkBeat(string interfaceName, bool carries) =>
        Report($"linkbeat {interfaceName}", new RoleCommand.LinkBeat(interfaceName, carries));

    /// <summary>The number in a tracked file.</summary>
    public void ReportFile(string name, int number) => Report($"file {name}", new RoleCommand.FileNumber(name, number));

    /// <summary>Tells the running role of an operator's order; it tells its successors, if it can (<see cref="VirtualRouterSettings.Orders"/>).</summary>
    public void Order(string instance, VrrpOrder order)
    {
        lock (_lock)
        {
            _role?.Send(new RoleCommand.Order(instance, order));
        }
    }

    /// <summary>
    /// Tells the role that its parent lives. Who has begun with it does so about each second: a role that hears no more counts its
    /// parent as hung, and offers its place to other directors.
    /// </summary>
    public void Beat()
    {
        lock (_lock)
        {
            _role?.Beat();
        }
    }

    /// <summary>So many beats the role has not answered yet; a role that lives has one at most for more than a moment.</summary>
    public int UnansweredBeats
    {
        get
        {
            lock (_lock)
            {
                return _role is { HasExited: false } role ? role.UnansweredBeats : 0;
            }
        }
    }

    /// <summary>Ends a role that hangs. <see cref="RoleEvent.Exited"/> tells of it as of one that died.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            if (_role is { HasExited: false } role)
            {
                role.Kill();
            }
        }
    }

    /// <summary>The answer comes as <see cref="RoleEvent.SnapshotTaken"/>.</summary>
    public void RequestSnapshot()
    {
        lock (_lock)
        {
            _role?.Send(new RoleCommand.TakeSnapshot());
        }
    }

    /// <summary>Has the role leave in order (farewell advert, addresses, lease) and waits for its end.</summary>
    /// <param name="patience">Beyond the time that its instances serve on for a successor.</param>
    /// <returns>False when it did not end in time and was killed.</returns>
    public bool Stop(TimeSpan patience) =>
        End(static role => role.AskToStop(), patience + (_running?.LongestFarewell ?? TimeSpan.Zero));

    /// <summary>Has the role leave in order, and does not wait: its end is told by <see cref="RoleEvent.Exited"/>.</summary>
    /// <returns>How long its instances may serve on for a successor.</returns>
    public TimeSpan AskToStop()
    {
        lock (_lock)
        {
            _role?.AskToStop();
            return _running?.LongestFarewell ?? TimeSpan.Zero;
        }
    }

    /// <summary>
    /// Has the role end without a word, with addresses, routes and rules as they are: the next one goes on with them, if it
    /// comes within the lease.
    /// </summary>
    /// <returns>False when it did not end in time and was killed.</returns>
    public bool Leave(TimeSpan patience) => End(static role => role.AskToLeave(), patience);

    private bool End(Action<RoleConnection> ask, TimeSpan patience)
    {
        lock (_lock)
        {
            if (_role is null)
            {
                return true;
            }

            ask(_role);
            bool endedByItself = _role.WaitForEnd(patience);
            _role.Dispose();
            _role = null;
            return endedByItself;
        }
    }

    /// <summary>Lets go. A role that still runs goes on as an orphan, for the next control process to find.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _role?.Dispose();
            _role = null;
        }
    }

    private void Report(string key, RoleCommand result)
    {
        lock (_lock)
        {
            _trackResults[key] = result;
            _role?.Send(result);
        }
    }

    // Orders are for a process that begins: one that runs was told.
    private static string TextOf(VirtualRouterSettings settings) =>
        JsonSerializer.Serialize(settings with { Orders = [] }, RoleJson.Default.VirtualRouterSettings);

    // What a script said once must not be believed when it is tracked again, much later.
    private void Forget(VirtualRouterSettings settings)
    {
        HashSet<string> tracked =
        [
            .. settings.Router.Instances.SelectMany(instance => instance.TrackScripts).Select(track => $"script {track.Name}"),
            .. settings.Router.Instances.SelectMany(instance => instance.TrackProcesses).Select(track => $"process {track.Name}"),
            .. settings.Router.Instances.SelectMany(instance => instance.TrackFiles).Select(track => $"file {track.Name}"),
            .. settings.Router.Instances.SelectMany(instance => instance.TrackPaths).Select(track => $"path {track.Name}"),
            .. settings.PolledInterfaces.Select(name => $"linkbeat {name}"),
        ];
        foreach (string name in _trackResults.Keys.Where(name => !tracked.Contains(name)).ToList())
        {
            _trackResults.Remove(name);
        }
    }
}
