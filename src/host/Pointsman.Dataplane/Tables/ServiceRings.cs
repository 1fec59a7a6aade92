using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Balance.Schedulers;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// The schedulers' rings, laid into pm_ring. Packets move a service's cursor on and nobody sets it back, so a new ring
/// is laid turned to where the cursor stands, and its scheduler goes on where the one before was.
/// </summary>
internal sealed class ServiceRings(PinnedTables tables, WriteCount writes)
{
    // Half for each: a service without a share is served, one without a ring is not.
    private readonly RingSpace _space = new(0, tables.Ring.Count / 2);
    private readonly RingSpace _shareSpace = new(tables.Ring.Count / 2, tables.Ring.Count);
    private readonly Dictionary<PmServiceKey, Laid> _laid = [];

    /// <summary>Before a plan's first ring: the extents of all services as they are.</summary>
    internal void Begin(IReadOnlyCollection<(int At, int Length)> used)
    {
        _space.Begin(used);
        _shareSpace.Begin(used);
    }

    /// <summary>Where the ring of these servers lies; it is laid anew only when it has changed.</summary>
    /// <param name="current">The service as packets have it; null when it is new.</param>
    internal (int At, int Length) Lay(
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
            return ((int)same.RingAt, (int)same.RingLength);
        }

        if (before is null && current is { } found
            && Recognise(found, RingBuilder.Build(scheduler, servers), servers, placed) is { } recognised)
        {
            _laid[key] = recognised;
            return ((int)found.RingAt, (int)found.RingLength);
        }

        SchedulerRing ring = before is null
            ? RingBuilder.Build(scheduler, servers)
            : RingBuilder.Continue(before.Ring, placed - before.PlacedCount, servers);
        ImmutableArray<ulong> places = Places(ring, placed, servers);
        if (current is { } present && Stands(present, places))
        {
            // Weights may change without a consequence for the ring.
            _laid[key] = new Laid(ring, servers, placed);
            return ((int)present.RingAt, (int)present.RingLength);
        }

        int at = _space.Allocate(ring.Servers.Length, current is { } left ? ((int)left.RingAt, (int)left.RingLength) : null) ?? throw new DataplaneException(
            $"the servers and weights of all services need more than {tables.Ring.Count / 2} places: use smaller weights");
        for (int i = 0; i < places.Length; i++)
        {
            tables.Ring[at + i] = places[i];
        }

        writes.Add(places.Length);
        _laid[key] = new Laid(ring, servers, placed);
        return (at, places.Length);
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

    // As packets read them. To draw by weight they look for the place that the weights, added up, reach: no farther than a
    // word goes, whatever the weights.
    private static ImmutableArray<ulong> Places(SchedulerRing ring, ulong placed, ImmutableArray<WeightedServer> servers)
    {
        ImmutableArray<int> slots = ring.LaidFor(placed);
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

    private bool Stands(in PmService service, ImmutableArray<ulong> places)
    {
        if (service.RingLength != places.Length)
        {
            return false;
        }

        for (int i = 0; i < places.Length; i++)
        {
            if (tables.Ring[(int)service.RingAt + i] != places[i])
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
        if (service.RingLength != length)
        {
            return null;
        }

        int turns = ring.HasCursor ? length : 1;
        for (int turn = 0; turn < Math.Max(turns, 1); turn++)
        {
            if (IsTurned((int)service.RingAt, ring.Servers, turn))
            {
                ulong placedBefore = length == 0 ? 0 : (ulong)((ring.Start - turn + length) % length);
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
