using Pointsman.Base;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// Lets announcements of an interface, or of a group of interfaces, go no faster than they may. Without an interval they go at
/// once, and nothing is kept.
/// </summary>
internal sealed class AnnouncementPacer(AnnouncementSettings settings, Action<LinkTable.PlacedAddress> send)
{
    private readonly Dictionary<(string Interfaces, IpFamily Family), Lane> _lanes = [];

    /// <summary>When <see cref="OnDeadline"/> has something to send; null: nothing waits.</summary>
    internal Instant? Deadline
    {
        get
        {
            Instant? earliest = null;
            foreach (Lane lane in _lanes.Values)
            {
                earliest = Instant.Earlier(earliest, lane.Waiting.Count > 0 ? lane.NextAt : null);
            }

            return earliest;
        }
    }

    internal void Send(Instant now, int instance, in LinkTable.PlacedAddress placed)
    {
        Lane lane = LaneOf(placed);
        if (lane.Interval == TimeSpan.Zero)
        {
            send(placed);
            return;
        }

        lane.Waiting.Enqueue((instance, placed));
        Drain(lane, now);
    }

    internal void OnDeadline(Instant now)
    {
        foreach (Lane lane in _lanes.Values)
        {
            Drain(lane, now);
        }
    }

    /// <summary>What waited to be sent before other settings is sent at their pace, where it is still to be.</summary>
    /// <param name="find">The place as it is now; null: there is none.</param>
    internal void Continue(
        Instant now, AnnouncementPacer former, Func<int, LinkTable.PlacedAddress, (int Instance, LinkTable.PlacedAddress Placed)?> find)
    {
        foreach (Lane lane in former._lanes.Values)
        {
            foreach ((int instance, LinkTable.PlacedAddress placed) in lane.Waiting)
            {
                if (find(instance, placed) is { } there)
                {
                    Send(now, there.Instance, there.Placed);
                }
            }
        }
    }

    /// <summary>The instance is master no more: what of it waits is not sent.</summary>
    internal void Cancel(int instance)
    {
        foreach (Lane lane in _lanes.Values)
        {
            int count = lane.Waiting.Count;
            for (int i = 0; i < count; i++)
            {
                (int Instance, LinkTable.PlacedAddress Placed) next = lane.Waiting.Dequeue();
                if (next.Instance != instance)
                {
                    lane.Waiting.Enqueue(next);
                }
            }
        }
    }

    private void Drain(Lane lane, Instant now)
    {
        while (lane.Waiting.Count > 0 && !(now < lane.NextAt))
        {
            send(lane.Waiting.Dequeue().Placed);
            lane.NextAt = now + lane.Interval;
        }
    }

    private Lane LaneOf(in LinkTable.PlacedAddress placed)
    {
        // An interface of the role's own making goes at the pace of the one it stands on.
        string name = placed.Port.Base.Name;
        IpFamily family = placed.Address.Prefix.Address.Family;
        AnnouncementGroup? group = null;
        foreach (AnnouncementGroup candidate in settings.Groups)
        {
            group = candidate.Interfaces.Contains(name) ? candidate : group;
        }

        string key = group is null ? name : string.Join(' ', group.Interfaces);
        if (!_lanes.TryGetValue((key, family), out Lane? lane))
        {
            TimeSpan interval = family == IpFamily.V4
                ? group?.ArpInterval ?? settings.ArpInterval
                : group?.NeighbourInterval ?? settings.NeighbourInterval;
            _lanes.Add((key, family), lane = new Lane(interval));
        }

        return lane;
    }

    private sealed class Lane(TimeSpan interval)
    {
        internal TimeSpan Interval { get; } = interval;

        internal Queue<(int Instance, LinkTable.PlacedAddress Placed)> Waiting { get; } = [];

        internal Instant? NextAt { get; set; }
    }
}
