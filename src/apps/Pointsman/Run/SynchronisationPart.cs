using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Pointsman.App.Ipvsadm;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Control.Status;
using Pointsman.Dataplane.Synchronisation;
using Pointsman.Linux.Timing;

namespace Pointsman.App.Run;

/* Which synchronisation daemons run: those that lvs_sync_daemon asks for, and those that were started by hand. With an instance
   named there, this node tells while that one is master, and hears otherwise. What was done by hand stands until the file's own wish
   changes: a reload that says otherwise, or another state of the instance. */

/// <summary>The synchronisation of connections with the other directors.</summary>
internal sealed class SynchronisationPart : IDisposable
{
    /// <summary>How soon one that could not start (its interface is not there yet) is tried again.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    private const string ByHand = "by hand";

    private readonly Synchroniser _synchroniser;
    private readonly Func<string, bool> _serves;
    private readonly ILogger _log;
    private readonly Dictionary<SyncRole, SyncSettings> _wished = [];
    private readonly Dictionary<SyncRole, string> _why = [];
    private readonly HashSet<SyncRole> _missing = [];
    private readonly Dictionary<SyncRole, string> _faults = [];
    private Configuration _configuration = new();

    /// <param name="serves">Whether a VRRP instance has its addresses here.</param>
    internal SynchronisationPart(RunPaths paths, Func<string, bool> serves, Action<DaemonEvent> post, ILogger log)
    {
        _serves = serves;
        _log = log;
        _synchroniser = new Synchroniser(paths.PinDirectory, broken => post(new DaemonEvent.ThreadFailed("synchronisation", broken)));
    }

    /// <summary>When one that could not start is to be tried again.</summary>
    internal Instant? Deadline { get; private set; }

    /// <summary>At start, and at a reload.</summary>
    internal void Run(Configuration configuration)
    {
        _configuration = configuration;
        Reconcile();
    }

    /// <summary>An instance has another state.</summary>
    internal void OnMastership() => Reconcile();

    internal void OnDeadline(Instant now)
    {
        if (Deadline <= now)
        {
            Deadline = null;
            foreach (SyncRole role in _missing.ToList())
            {
                Start(role);
            }
        }
    }

    /// <summary>What was asked for by ipvsadm.</summary>
    /// <returns>Why it cannot be, in ipvsadm's words; null: done.</returns>
    internal string? Obey(IpvsadmRequest request)
    {
        SyncRole role = request.SyncRole!.Value;
        if (request.Command == IpvsadmCommand.StopDaemon)
        {
            if (!_synchroniser.TryStop(role))
            {
                return "No daemon is running";
            }

            _missing.Remove(role);
            _why.Remove(role);
            Log.Line(_log, $"Set by hand: the synchronisation {Name(role)} is stopped");
            return null;
        }

        if (_synchroniser.TryStart(role, request.Values.Synchronisation) is { } why)
        {
            return why;
        }

        _missing.Remove(role);
        _why[role] = ByHand;
        Log.Line(_log, $"Set by hand: a synchronisation {Name(role)} on {request.Values.Synchronisation.Interface}");
        return null;
    }

    internal ImmutableArray<SynchronisationStatus> Status() => [.. _synchroniser.Report().Select(Status)];

    public void Dispose() => _synchroniser.Dispose();

    private void Reconcile()
    {
        Dictionary<SyncRole, SyncSettings> wanted = Wanted();
        foreach (SyncRole role in Enum.GetValues<SyncRole>())
        {
            SyncSettings? before = _wished.GetValueOrDefault(role);
            SyncSettings? now = wanted.GetValueOrDefault(role);
            if (before == now)
            {
                continue;
            }

            if (before is not null)
            {
                _wished.Remove(role);
                _missing.Remove(role);
                _why.Remove(role);
                if (_synchroniser.TryStop(role))
                {
                    Log.Line(_log, $"Synchronisation {Name(role)} stopped");
                }
            }

            if (now is not null)
            {
                _wished[role] = now;
                Start(role);
            }
        }
    }

    private Dictionary<SyncRole, SyncSettings> Wanted()
    {
        if (_configuration.Global.SyncDaemon is not { } config)
        {
            return [];
        }

        VrrpInstanceConfig? instance = _configuration.Instances.FirstOrDefault(candidate => candidate.Name == config.Instance);
        var settings = new SyncSettings(config.Interface)
        {
            SyncId = config.SyncId ?? (byte)(instance?.VirtualRouterId ?? 0),
            MaxLengthBytes = config.MaxLengthBytes ?? 0,
            Group = config.Group ?? SyncSettings.UsualGroup,
            Port = config.Port ?? SyncSettings.UsualPort,
            TimeToLive = config.TimeToLive ?? 1,
        };
        return instance is null
            ? new() { [SyncRole.Master] = settings, [SyncRole.Backup] = settings }
            : new() { [_serves(instance.Name) ? SyncRole.Master : SyncRole.Backup] = settings };
    }

    private void Start(SyncRole role)
    {
        SyncSettings settings = _wished[role];

        // In the place of one that was started by hand.
        if (_why.Remove(role))
        {
            _synchroniser.TryStop(role);
        }

        if (_synchroniser.TryStart(role, settings) is not { } why)
        {
            _missing.Remove(role);
            _faults.Remove(role);
            _why[role] = _configuration.Global.SyncDaemon?.Instance is { } instance ? $"VRRP instance {instance}" : "configured";
            Log.Line(_log, $"Synchronisation {Name(role)} on {settings.Interface}, sync id {settings.SyncId}");
            return;
        }

        _missing.Add(role);
        Deadline = MonotonicClock.Now + RetryInterval;
        if (_faults.GetValueOrDefault(role) != why)
        {
            _faults[role] = why;
            Log.Warning(_log, $"Synchronisation {Name(role)} cannot start, tried again every {RetryInterval.TotalSeconds:0} seconds: {why}");
        }
    }

    private SynchronisationStatus Status(SyncDaemonReport report) => new()
    {
        Role = Name(report.Role),
        Interface = report.Settings.Interface,
        SyncId = report.Settings.SyncId,
        MaxLengthBytes = report.Settings.MaxLengthBytes,
        Group = report.Settings.Group.ToString(),
        Port = report.Settings.Port,
        TimeToLive = report.Settings.TimeToLive,
        Why = _why.GetValueOrDefault(report.Role, ByHand),
        HasConnections = report.HasTables,
        Messages = report.Messages,
        Entries = report.Entries,
        FullRounds = report.FullRounds,
        Unsendable = report.Unsendable,
        SendFailures = report.SendFailures,
        LastError = report.LastError,
        Taken = report.Taken,
        Updated = report.Updated,
        Unchanged = report.Unchanged,
        OtherSyncId = report.OtherSyncId,
        Refused = report.Refused.ToImmutableSortedDictionary(count => Kebab(count.Key), count => count.Value),
        Malformed = report.Malformed.ToImmutableSortedDictionary(count => Kebab(count.Key), count => count.Value),
    };

    private static string Name(SyncRole role) => role == SyncRole.Master ? "master" : "backup";

    private static string Kebab(Enum word) => JsonNamingPolicy.KebabCaseLower.ConvertName(word.ToString());
}
