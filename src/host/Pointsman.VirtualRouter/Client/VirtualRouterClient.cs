using System.Diagnostics;
using Pointsman.Linux.Processes;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.VirtualRouter.Client;

// The control process's side of the VRRP role: it starts the role, tells it script results and hears its events.
//
// At most one role runs per run directory. Start finds another one by its locked pid file (an orphan of a control process
// that died, or of the program before an upgrade), has it make way without a word on the wire, and starts the next, which
// goes on as master where the former one was.
//
// The caller decides about respawning: on an Exited event that was not asked for, call Start again. Script results are
// remembered and told to every new role.
//
// Any thread may call; events come on the role's reader thread, one at a time per role.

/// <summary>Starts, feeds and stops the VRRP role.</summary>
public sealed class VirtualRouterClient(RoleLaunch launch, Action<RoleEvent> onEvent) : IDisposable
{
    public const string LockFileName = "vrrp.pid";

    // A role makes way in milliseconds; one that is not done by then hangs.
    private static readonly TimeSpan HandOverPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(2);

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, bool> _trackResults = new(StringComparer.Ordinal);
    private RoleConnection? _role;

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
    /// New settings take effect the same way: mastership survives the change.
    /// </summary>
    public void Start(VirtualRouterSettings settings)
    {
        lock (_lock)
        {
            Directory.CreateDirectory(settings.RunDirectory);
            if (_role is not null)
            {
                _role.AskToHandOver();
                _role.WaitForEnd(HandOverPatience);
                _role.Dispose();
                _role = null;
            }

            MakeWay(Path.Combine(settings.RunDirectory, LockFileName));
            _role = new RoleConnection(launch, settings, onEvent);
            foreach ((string name, bool isUp) in _trackResults)
            {
                _role.Send(new RoleCommand.TrackResult(name, isUp));
            }
        }
    }

    public void ReportTrack(string name, bool isUp)
    {
        lock (_lock)
        {
            _trackResults[name] = isUp;
            _role?.Send(new RoleCommand.TrackResult(name, isUp));
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
    /// <returns>False when it did not end in time and was killed.</returns>
    public bool Stop(TimeSpan patience)
    {
        lock (_lock)
        {
            if (_role is null)
            {
                return true;
            }

            _role.AskToStop();
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

    private static void MakeWay(string lockPath)
    {
        var waited = Stopwatch.StartNew();
        bool isAsked = false;
        bool isKilled = false;
        while (PidFile.HolderOf(lockPath) is { } holder)
        {
            // The number is written just after the lock is taken: zero means wait for it.
            if (holder != 0 && !isAsked)
            {
                ProcessControl.TrySignal(holder, Signal.User1);
                isAsked = true;
            }
            else if (holder != 0 && !isKilled && waited.Elapsed > HandOverPatience)
            {
                ProcessControl.TrySignal(holder, Signal.Kill);
                isKilled = true;
            }
            else if (waited.Elapsed > 2 * HandOverPatience)
            {
                throw new IOException($"another VRRP role (process {holder}) holds {lockPath} and does not make way");
            }

            Thread.Sleep(LockPollInterval);
        }
    }
}
