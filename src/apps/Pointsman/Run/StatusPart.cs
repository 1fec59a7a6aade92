using Pointsman.Base;
using Pointsman.Control;
using Pointsman.Control.Status;
using Pointsman.Engine.ByHand;
using Pointsman.Linux.Timing;

namespace Pointsman.App.Run;

/// <summary>Those who asked how the node stands, until the VRRP role has added its figures or had its time.</summary>
internal sealed class StatusPart(
    RunOptions options, DirectorPart director, VirtualRouterPart router, SendingPart sending, PathWatchPart paths)
{
    /// <summary>The role answers in well under a millisecond; a status without its newest figures beats none.</summary>
    private static readonly TimeSpan SnapshotPatience = TimeSpan.FromMilliseconds(500);

    private readonly List<TaskCompletionSource<NodeStatus>> _askers = [];
    private readonly Instant _started = MonotonicClock.Now;

    /// <summary>When those who wait get an answer without the role.</summary>
    internal Instant? Deadline { get; private set; }

    /// <returns>False when nothing has to be waited for: answer now.</returns>
    internal bool Ask(TaskCompletionSource<NodeStatus> asker)
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

    internal void Answer(ConfigurationPart configuration, HandTable byHand)
    {
        Deadline = null;
        if (_askers.Count == 0)
        {
            return;
        }

        NodeStatus status = Build(configuration, byHand, MonotonicClock.Now);
        foreach (TaskCompletionSource<NodeStatus> asker in _askers)
        {
            asker.TrySetResult(status);
        }

        _askers.Clear();
    }

    /// <summary>One real server alone; the VRRP role has nothing to add to it.</summary>
    internal ControlReply Report(string server, ConfigurationPart configuration, HandTable byHand)
    {
        Instant now = MonotonicClock.Now;
        return ServerReportBuilder.Answer(server, Build(configuration, byHand, now), byHand.Over(configuration.Current), director.Engine, now);
    }

    private NodeStatus Build(ConfigurationPart configuration, HandTable byHand, Instant now) =>
        StatusBuilder.Build(new StatusBuilder.Facts(
            options, byHand.Over(configuration.Current), director.Engine, router.History, router.Snapshot, router.Scripts, paths.Paths, director.DeadMansSwitch(), director.Read(),
            director.Interfaces(), director.TableWrites, now, _started)) with
        {
            LastReload = configuration.LastReload(now),
            ByHand = [.. byHand.Entries.Select(entry => entry.ToString())],
            Sending = sending.Status(),
        };
}
