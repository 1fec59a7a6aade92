using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Control;
using Pointsman.Control.Status;
using Pointsman.Engine;
using Pointsman.Linux.Timing;

namespace Pointsman.App.Run;

/// <summary>Those who asked how the node stands, until the VRRP role has added its figures or had its time.</summary>
internal sealed class StatusPart(
    RunOptions options, DirectorPart director, VirtualRouterPart router, SendingPart sending, PathWatchPart paths, SynchronisationPart synchronisation)
{
    /// <summary>The role answers in well under a millisecond; a status without its newest figures beats none.</summary>
    private static readonly TimeSpan SnapshotPatience = TimeSpan.FromMilliseconds(500);

    private readonly StatusWriter _writer = new();
    private List<TaskCompletionSource<ControlReply>> _askers = [];
    private readonly Instant _started = MonotonicClock.Now;

    /// <summary>When those who wait get an answer without the role.</summary>
    internal Instant? Deadline { get; private set; }

    /// <returns>False when nothing has to be waited for: answer now.</returns>
    internal bool Ask(TaskCompletionSource<ControlReply> asker)
    {
        _askers.Add(asker);
        if (!router.IsRunning)
        {
            return false;
        }

        if (Deadline is null)
        {
            Deadline = MonotonicClock.Now + SnapshotPatience;
            router.RequestSnapshot();
        }

        return true;
    }

    /// <param name="byHand">What is set by hand, a line each.</param>
    internal void Answer(ConfigurationPart configuration, ImmutableArray<string> byHand)
    {
        Deadline = null;
        if (_askers.Count == 0)
        {
            return;
        }

        _writer.Answer(
            Gather(configuration, byHand, MonotonicClock.Now), _askers, (_, status) => ControlReply.Ok(status, ControlJson.Default.NodeStatus));
        _askers = [];
    }

    /// <summary>One real server alone; the VRRP role has nothing to add to it.</summary>
    internal void Report(DaemonEvent.ServerReportAsked asked, ConfigurationPart configuration) => _writer.Answer(
        Gather(configuration, [], MonotonicClock.Now),
        [asked.Answer],
        (facts, status) => ServerReportBuilder.Answer(asked.Server, status, facts.Survey, facts.Now));

    private string ReasonOf(string instance) => router.IsSilent
        ? $"the VRRP process {router.ProcessId} does not answer; it said last: {router.History.Reason(instance)}"
        : router.History.Reason(instance);

    private StatusFacts Gather(ConfigurationPart configuration, ImmutableArray<string> byHand, Instant now)
    {
        DirectorSurvey survey = director.Engine.Survey();
        return new StatusFacts(
            options,
            survey,
            survey.Configuration.Instances.Select(instance => instance.Name).Distinct().ToImmutableDictionary(name => name, ReasonOf),
            router.IsSilent ? null : router.Snapshot,
            router.Scripts,
            paths.Paths,
            director.DeadMansSwitch(),
            director.HasDataPath ? options.Paths.PinDirectory : null,
            director.Interfaces(),
            director.TableWrites,
            now,
            _started)
        {
            Rates = director.Rates,
            LastReload = configuration.LastReload(now),
            ByHand = byHand,
            Synchronisation = synchronisation.Status(),
            Sending = sending.Status(),
        };
    }
}
