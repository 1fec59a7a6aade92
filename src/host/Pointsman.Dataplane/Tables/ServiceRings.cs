using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Balance.Schedulers;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// The schedulers' rings, laid into pm_ring. Packets move a service's cursor on and nobody sets it back, so a new ring
/// is laid turned to where the cursor stands, and its scheduler goes on where the one before was.
/// </summary>
internal sealed class ServiceRings(PinnedTables tables, LoadTrees trees, WriteCount writes)
{
    // A service without a share is served, one without a ring is not. Two thirds are twice as much as all servers there can be
    // take with their trees, because a new ring is laid while the one before stands.
    private readonly RingSpace _space = new(0, RingPlaces(tables));
    private readonly RingSpace _shareSpace = new(RingPlaces(tables), tables.Ring.Count);
    private readonly Dictionary<PmServiceKey, Laid> _laid = [];

    /// <summary>Before a plan's first ring: the extents of all services as they are.</summary>
    internal void Begin(IReadOnlyCollection<(int At, int Length)> used)
    {
        _space.Begin(used);
        _shareSpace.Begin(used);
    }

    /// <summary>Where the ring of these servers lies; it is laid anew only when it has changed.</summary>
    /// <param name="current">The service as packets have it; null when it is new.</param>
    internal LaidRing Lay(
        PmServiceKey key,
        uint id,
        SchedulerKind scheduler,
        ImmutableArray<WeightedServer> servers,
        PmService? current)
    {
        ulong placed = Volatile.Read(ref tables.Cursors[(int)id].Next);
        Laid? before = _laid.GetValueOrDefault(key) is { } known && known.Ring.Kind == scheduler ? known : null;
        if (before is not null && before.Servers.SequenceEqual(servers) && current is { } same)
        {
            return new LaidRing(same);
        }

        if (before is null && current is { } found
            && Recognise(found, RingBuilder.Build(scheduler, servers), servers, placed) is { } recognised)
        {
            _laid[key] = recognised;
            return new LaidRing(found);
        }

        SchedulerRing ring = before is null
            ? RingBuilder.Build(scheduler, servers)
            : RingBuilder.Continue(before.Ring, placed - before.PlacedCount, servers);
        ImmutableArray<ulong> places = Places(ring, placed, servers);
        LaidRing? present = current is { } now ? new LaidRing(now) : null;
        if (present is { } standing && Stands(standing, scheduler, places))
        {
            // Weights may change without a consequence for the ring.
            _laid[key] = new Laid(ring, servers, placed);
            return standing;
        }

        LaidRing laid = Write(scheduler, places, present);
        _laid[key] = new Laid(ring, servers, placed);
        return laid;
    }

    /// <summary>
    /// Where the table lies by which the service's connections are shared out that find no room; length zero: there is
    /// none, because the scheduler has one of its own or the tables of all services leave no room.
    /// </summary>
    internal (int At, int Length) LayShares(
        SchedulerKind scheduler, ImmutableArray<WeightedServer> servers, PmService? current)
    {
        (int At, int Length) before = current is { } known ? ((int)known.ShareAt, (int)known.ShareLength) : default;
        ImmutableArray<int> places = scheduler is SchedulerKind.Sh or SchedulerKind.Dh or SchedulerKind.Mh
            ? [] : ConsistentShares.Build(servers, before.Length);
        if (before.Length == places.Length && IsTurned(before.At, places, turn: 0))
        {
            return before;
        }

        if (_shareSpace.Allocate(places.Length, before.Length > 0 ? before : null) is not { } at)
        {
            return default;
        }

        for (int i = 0; i < places.Length; i++)
        {
            tables.Ring[at + i] = (ulong)places[i];
        }

        writes.Add(places.Length);
        return (at, places.Length);
    }

    internal void Forget(PmServiceKey key) => _laid.Remove(key);

    private static int RingPlaces(PinnedTables tables) => tables.Ring.Count / 3 * 2;

    // A tree is played before packets ask there.
    private LaidRing Write(SchedulerKind scheduler, ImmutableArray<ulong> places, LaidRing? givenUp)
    {
        bool hasTree = ServerCost.IsComparedBy(scheduler) && places.Length > 0;
        int length = hasTree ? LaidRing.TreeLength(places.Length) : places.Length;
        int begin = _space.Allocate(length, givenUp?.Extent) ?? throw new DataplaneException(
            $"the servers and weights of all services need more than {RingPlaces(tables)} places: use smaller weights");
        int at = hasTree ? begin + 1 : begin;
        if (hasTree)
        {
            tables.Ring[begin] = LoadTrees.HeaderOf(scheduler, places.Length);
        }

        for (int i = 0; i < places.Length; i++)
        {
            tables.Ring[at + i] = places[i];
        }

        writes.Add(length);
        var laid = new LaidRing(at, places.Length, hasTree ? begin + length - 1 : 0);
        if (hasTree)
        {
            trees.Play(laid);
        }

        return laid;
    }

    // As packets read them. To draw by weight they look for the place that the weights, added up, reach: no farther than a
    // word goes, whatever the weights.
    private static ImmutableArray<ulong> Places(SchedulerRing ring, ulong placed, ImmutableArray<WeightedServer> servers)
    {
        ImmutableArray<int> slots = ring.LaidFor(placed);
        if (ServerCost.IsComparedBy(ring.Kind))
        {
            return LoadTrees.Places(slots);
        }

        if (ring.Kind != SchedulerKind.Twos)
        {
            return [.. slots.Select(slot => (ulong)slot)];
        }

        Dictionary<int, int> weights = servers.ToDictionary(server => server.Id, server => server.Weight);
        ulong total = (ulong)weights.Values.Sum(weight => (long)weight);
        ulong sum = 0;
        var places = ImmutableArray.CreateBuilder<ulong>(slots.Length);
        foreach (int slot in slots)
        {
            sum += (ulong)weights[slot];
            ulong reached = total <= uint.MaxValue ? sum : (ulong)((UInt128)sum * uint.MaxValue / total);
            places.Add((reached << 32) | (uint)slot);
        }

        return places.MoveToImmutable();
    }

    private bool Stands(in LaidRing ring, SchedulerKind scheduler, ImmutableArray<ulong> places)
    {
        bool hasTree = ServerCost.IsComparedBy(scheduler) && places.Length > 0;
        if (ring.Length != places.Length || hasTree != (ring.RootAt != 0)
            || (hasTree && tables.Ring[ring.At - 1] != LoadTrees.HeaderOf(scheduler, places.Length)))
        {
            return false;
        }

        for (int i = 0; i < places.Length; i++)
        {
            ulong place = tables.Ring[ring.At + i];
            if ((hasTree ? LoadTrees.Written(place) : place) != places[i])
            {
                return false;
            }
        }

        return true;
    }

    // A former run laid the ring; when it is the same one, turned, its scheduler goes on as if we had laid it.
    private Laid? Recognise(
        in PmService service, SchedulerRing ring, ImmutableArray<WeightedServer> servers, ulong placed)
    {
        int length = ring.Servers.Length;
        if (service.RingLength != length || !ring.HasCursor)
        {
            return null;
        }

        for (int turn = 0; turn < length; turn++)
        {
            if (IsTurned((int)service.RingAt, ring.Servers, turn))
            {
                ulong placedBefore = (ulong)((ring.Start - turn + length) % length);
                return new Laid(ring, servers, Math.Min(placedBefore, placed));
            }
        }

        return null;
    }

    private bool IsTurned(int at, ImmutableArray<int> servers, int turn)
    {
        for (int i = 0; i < servers.Length; i++)
        {
            if (tables.Ring[at + i] != (ulong)servers[(i + turn) % servers.Length])
            {
                return false;
            }
        }

        return true;
    }

    /// <param name="PlacedCount">Where the cursor stood when the ring was laid.</param>
    private sealed record Laid(SchedulerRing Ring, ImmutableArray<WeightedServer> Servers, ulong PlacedCount);
}
