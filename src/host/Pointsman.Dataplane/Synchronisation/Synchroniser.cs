using System.Collections.Immutable;
using Pointsman.Dataplane.Tables;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;

namespace Pointsman.Dataplane.Synchronisation;

/* One thread for both daemons. It reads the data path's memory and calls its program, and shares nothing with the thread that
   writes plans but the pinned tables themselves. The daemons are started and stopped from any thread, under the gate; what opens a
   socket does so in the caller's, who hears of a failure at once. */

/// <summary>Tells other directors of this node's connections, and takes theirs, as IPVS's synchronisation daemons do.</summary>
public sealed class Synchroniser : IDisposable
{
    /// <summary>How often a data path is looked for while there is none.</summary>
    private const int LookIntervalMs = 500;

    private const int LinkIntervalMs = 2_000;
    private const int RoleCount = 2;
    private const uint WakeToken = RoleCount;

    private readonly PinPaths _paths;
    private readonly Action<Exception> _fail;
    private readonly Lock _gate = new();
    private readonly SyncDaemon?[] _daemons = new SyncDaemon?[RoleCount];
    private readonly EventPoll _poll = new();
    private readonly WakeEvent _wake = new();
    private readonly Thread _thread;
    private PinnedTables? _tables;
    private SyncMemory? _memory;
    private SyncOwnership? _ownership;
    private long _linksAtMs;
    private bool _isStarted;
    private volatile bool _ends;

    /// <param name="fail">Called once, on the thread that ended by it, if the kernel refuses what must be.</param>
    public Synchroniser(string pinDirectory, Action<Exception> fail)
    {
        _paths = new PinPaths(pinDirectory);
        _fail = fail;
        _poll.Add(_wake.Descriptor, WakeToken);
        _thread = new Thread(Run) { Name = "synchronisation", IsBackground = true };
    }

    /// <returns>Why it does not run, in ipvsadm's words; null: it does.</returns>
    public string? TryStart(SyncRole role, SyncSettings settings)
    {
        lock (_gate)
        {
            if (_daemons[(int)role] is not null)
            {
                return "Daemon has already run";
            }

            try
            {
                using var routes = new RouteClient();
                if (routes.FindLink(settings.Interface) is not { } link)
                {
                    return $"no interface {settings.Interface}: No such device";
                }

                Enter(new SyncDaemon(role, settings, link));
            }
            catch (ErrnoException refused)
            {
                return refused.Message;
            }
        }

        if (!_isStarted)
        {
            _isStarted = true;
            _thread.Start();
        }

        _wake.Signal();
        return null;
    }

    /// <returns>False: none runs.</returns>
    public bool TryStop(SyncRole role)
    {
        lock (_gate)
        {
            SyncDaemon? daemon = _daemons[(int)role];
            _daemons[(int)role] = null;
            if (daemon is not null)
            {
                daemon.LastTurn();
                _poll.Remove(daemon.Descriptor);
                daemon.Dispose();
            }

            return daemon is not null;
        }
    }

    /// <summary>Those that run, a master first.</summary>
    public ImmutableArray<SyncDaemonReport> Report()
    {
        lock (_gate)
        {
            return [.. _daemons.OfType<SyncDaemon>().Select(daemon => daemon.Report())];
        }
    }

    /// <summary>The others are told what is new, and then nothing more.</summary>
    public void Dispose()
    {
        if (_ends)
        {
            return;
        }

        _ends = true;
        _wake.Signal();
        if (_isStarted)
        {
            _thread.Join();
        }

        TryStop(SyncRole.Master);
        TryStop(SyncRole.Backup);
        _poll.Dispose();
        _wake.Dispose();
        _tables?.Dispose();
    }

    private void Enter(SyncDaemon daemon)
    {
        try
        {
            _poll.Add(daemon.Descriptor, (uint)daemon.Role);
        }
        catch
        {
            daemon.Dispose();
            throw;
        }

        _daemons[(int)daemon.Role] = daemon;
        if (_tables is not null)
        {
            daemon.Begin(_tables, _memory!, _ownership!);
        }
    }

    // An interface that went and came again has another index: sockets of the former one hear and send nothing.
    private void KeepInterfaces()
    {
        if (Environment.TickCount64 < _linksAtMs)
        {
            return;
        }

        _linksAtMs = Environment.TickCount64 + LinkIntervalMs;
        foreach (SyncDaemon daemon in _daemons.OfType<SyncDaemon>().ToList())
        {
            if (TryRenew(daemon) is { } fresh)
            {
                TryStop(daemon.Role);
                Enter(fresh);
            }
        }
    }

    // Null: all is as it was, or the interface is not there now, or the kernel has no answer just now; the next look sees.
    private static SyncDaemon? TryRenew(SyncDaemon daemon)
    {
        try
        {
            using var routes = new RouteClient();
            return routes.FindLink(daemon.Settings.Interface) is { } link && link.Index != daemon.InterfaceIndex
                ? new SyncDaemon(daemon.Role, daemon.Settings, link)
                : null;
        }
        catch (ErrnoException)
        {
            return null;
        }
    }

    private void Run()
    {
        try
        {
            while (!_ends)
            {
                int timeoutMs;
                lock (_gate)
                {
                    TakeTables();
                    KeepInterfaces();
                    long due = _daemons.OfType<SyncDaemon>().Select(daemon => daemon.DueAtMs).Append(long.MaxValue).Min();
                    timeoutMs = (int)Math.Clamp(due - Environment.TickCount64, 0, LookIntervalMs);
                }

                int ready = _poll.Wait(timeoutMs);
                lock (_gate)
                {
                    for (int i = 0; i < ready; i++)
                    {
                        uint token = _poll.Ready(i).Token;
                        if (token == WakeToken)
                        {
                            _wake.Acknowledge();
                        }
                        else
                        {
                            _daemons[token]?.Hear();
                        }
                    }

                    foreach (SyncDaemon daemon in _daemons.OfType<SyncDaemon>())
                    {
                        daemon.Turn();
                    }
                }
            }
        }
        catch (Exception broken)
        {
            // The edge of the thread: whoever owns us decides.
            _fail(broken);
        }
    }

    private void TakeTables()
    {
        if (_tables is not null || _daemons.All(daemon => daemon is null) || PinnedTables.TryOpen(_paths, writable: false) is not { } tables)
        {
            return;
        }

        _tables = tables;
        _memory = new SyncMemory(tables.Flows.Count, tables.Templates.Capacity);
        _ownership = new SyncOwnership(tables);
        foreach (SyncDaemon daemon in _daemons.OfType<SyncDaemon>())
        {
            daemon.Begin(tables, _memory, _ownership);
        }
    }
}
