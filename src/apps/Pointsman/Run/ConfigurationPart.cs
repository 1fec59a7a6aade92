using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Pointsman.App.Reload;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Comparison;
using Pointsman.Config.Model;
using Pointsman.Control.Reload;
using Pointsman.Control.Status;
using Pointsman.Linux.Timing;

namespace Pointsman.App.Run;

/// <summary>
/// What the operator wrote: the configuration that runs, and how another takes its place. Files are read on a thread of
/// the pool, one at a time, in the order in which they were asked for; the answer comes back as an event.
/// </summary>
internal sealed class ConfigurationPart
{
    /// <summary>More changes than these are counted in the log, and shown by <c>pointsman diff</c>.</summary>
    private const int LoggedChanges = 50;

    /// <summary>More complaints than these are counted in the log, and shown by <c>pointsman check</c>.</summary>
    private const int LoggedComplaints = 20;

    private readonly RunOptions _options;
    private readonly Action<DaemonEvent> _post;
    private readonly ILogger _log;
    private readonly Queue<ReloadRequest> _waiting = new();
    private bool _isReading;
    private long _began;
    private (ReloadStatus Status, Instant At)? _last;

    internal ConfigurationPart(RunOptions options, Configuration configuration, Action<DaemonEvent> post, ILogger log)
    {
        _options = options;
        _post = post;
        _log = log;
        Current = Restrict(configuration);
    }

    /// <summary>The file's, less what the command line has switched off.</summary>
    internal Configuration Current { get; private set; }

    /// <summary>Null before the first reload.</summary>
    internal ReloadStatus? LastReload(Instant now) =>
        _last is { } last ? last.Status with { SecondsAgo = (now - last.At).TotalSeconds } : null;

    internal void Ask(ReloadRequest request)
    {
        // A signal that comes while another one waits for its turn asks for nothing more than that one.
        if (request.Asker is null && _waiting.Contains(request))
        {
            return;
        }

        _waiting.Enqueue(request);
        ReadNext();
    }

    /// <summary>A file was read: it is applied whole, if that was asked for and it can be; else nothing changes.</summary>
    /// <param name="apply">Returns null when done; else why nothing was.</param>
    /// <param name="orders">What is set by hand beside the file, a line each.</param>
    internal void OnRead(ConfigurationReading reading, Func<Configuration, string?> apply, Func<ImmutableArray<string>>? orders = null)
    {
        string? why = reading.Fault;
        if (reading.Request.Applies)
        {
            why = why is null ? Apply(reading, apply) : Refuse(reading, why);
        }

        reading.Request.Asker?.TrySetResult(new ReloadReport
        {
            File = reading.File,
            Outcome = why is not null ? ReloadOutcome.Refused : reading.Request.Applies ? ReloadOutcome.Applied : ReloadOutcome.Compared,
            Why = why,
            Changes = ChangeReports.Of(reading.Changes),
            Orders = orders?.Invoke() ?? [],
            Complaints = why is null || reading.Read is null ? "" : DiagnosticRenderer.Human(reading.Read, colour: false),
            WarningCount = reading.Read?.Diagnostics.Count(complaint => !complaint.IsError) ?? 0,
            DurationMs = Stopwatch.GetElapsedTime(_began).TotalMilliseconds,
        });
        _isReading = false;
        ReadNext();
    }

    /// <summary>What was read, as it would be in force; null: it is not to be applied, or cannot be.</summary>
    internal Configuration? NextOf(ConfigurationReading reading) =>
        reading is { Request.Applies: true, Fault: null, Read.Configuration: { } next } ? Restrict(next) : null;

    private void ReadNext()
    {
        if (_isReading || !_waiting.TryDequeue(out ReloadRequest? request))
        {
            return;
        }

        _isReading = true;
        _began = Stopwatch.GetTimestamp();
        if (request.Applies)
        {
            Log.Reloading(_log);
        }

        Configuration before = Current;
        _ = Task.Run(() => _post(new DaemonEvent.ConfigurationRead(Read(request, before))));
    }

    private ConfigurationReading Read(ReloadRequest request, Configuration before)
    {
        string file = request.File ?? _options.ConfigFile;
        try
        {
            ConfigResult? read = ConfigFile.Read(_options with { ConfigFile = file }, out string? error);
            ImmutableArray<ConfigurationChange> changes = read?.Configuration is { } next
                ? ConfigurationDifference.Between(before, Restrict(next))
                : [];
            return new ConfigurationReading(request, file, read, error, changes);
        }
#pragma warning disable CA1031 // The end of a thread: whatever a file does to its reader, what runs goes on.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return new ConfigurationReading(request, file, null, $"reading {file} failed: {fault.Message}", []);
        }
    }

    private string? Apply(ConfigurationReading reading, Func<Configuration, string?> apply)
    {
        LogComplaints(reading.Read!.Diagnostics);
        foreach (ConfigurationChange change in reading.Changes.Take(LoggedChanges))
        {
            Log.Line(_log, $"{change}");
        }

        if (reading.Changes.Length > LoggedChanges)
        {
            Log.MoreChanges(_log, reading.Changes.Length - LoggedChanges);
        }

        Configuration next = Restrict(reading.Read.Configuration!);
        if (apply(next) is { } why)
        {
            return Refuse(reading, why);
        }

        Current = next;
        Log.ReloadComplete(_log, ChangeText.Count(reading.Changes.Length), Stopwatch.GetElapsedTime(_began).TotalMilliseconds);
        Note(new ReloadStatus { Applied = true, Changes = reading.Changes.Length });
        return null;
    }

    private string Refuse(ConfigurationReading reading, string why)
    {
        if (reading.Read is { Configuration: null } read)
        {
            // Errors first: those are why.
            LogComplaints([.. read.Diagnostics.OrderBy(diagnostic => !diagnostic.IsError)]);
        }

        Log.ReloadRefused(_log, why);
        Note(new ReloadStatus { Changes = reading.Changes.Length, Why = why });
        return why;
    }

    private void LogComplaints(ImmutableArray<Diagnostic> complaints)
    {
        foreach (Diagnostic complaint in complaints.Take(LoggedComplaints))
        {
            Log.Warning(_log, DiagnosticRenderer.OneLine(complaint));
        }

        if (complaints.Length > LoggedComplaints)
        {
            Log.MoreComplaints(_log, complaints.Length - LoggedComplaints);
        }
    }

    private void Note(ReloadStatus status) => _last = (status, MonotonicClock.Now);

    private Configuration Restrict(Configuration configuration) => configuration with
    {
        Instances = _options.Vrrp ? configuration.Instances : [],
        SyncGroups = _options.Vrrp ? configuration.SyncGroups : [],
        VirtualServers = _options.Checkers ? configuration.VirtualServers : [],
    };
}
