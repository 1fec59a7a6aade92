using Pointsman.Balance;
using Pointsman.Balance.Schedulers;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;

namespace Pointsman.Dataplane.Tests;

/// <summary>Services with more servers than a byte can count, and what must be true of their trees.</summary>
internal static class ManyServers
{
    /// <summary>Server 11.0.x.x, told by the last two bytes of its MAC.</summary>
    internal static PlannedServer Number(int number) => TestPlane.Server(1) with
    {
        Address = new TransportEndpoint(IpAddress.FromV4Bits(0x0b000000 + (uint)number), 80),
        NextHop = new NextHop(TestPlane.Loopback, Frame.Mac(TestPlane.Director), new MacAddress(0x020000000000 + (ulong)number)),
    };

    /// <summary>
    /// Each service that compares has at its root who is best of all in its ring, found one by one; each server's leaf is its place in
    /// that ring, or it has none.
    /// </summary>
    internal static void AssertTreesAreRight(PinnedTables tables)
    {
        var leaves = new uint[tables.Loads.Count];
        foreach (PmServiceKey key in tables.Services.Keys<PmServiceKey>())
        {
            Assert.True(tables.Services.TryLookup(key, out PmService service));
            var scheduler = (SchedulerKind)service.Scheduler;
            Assert.Equal(ServerCost.IsComparedBy(scheduler) && service.RingLength > 0, service.RootAt != 0);
            if (service.RootAt == 0)
            {
                continue;
            }

            for (uint at = service.RingAt; at < service.RingAt + service.RingLength; at++)
            {
                leaves[(uint)tables.Ring[(int)at]] = at;
            }

            Assert.Equal(Best(tables, service, scheduler), (uint)tables.Ring[(int)service.RootAt]);
        }

        Assert.Equal(leaves, tables.Loads.Span.ToArray().Select(load => load.Leaf));
    }

    private static uint Best(PinnedTables tables, PmService service, SchedulerKind scheduler)
    {
        uint best = 0;
        for (uint at = service.RingAt; at < service.RingAt + service.RingLength; at++)
        {
            var slot = (uint)tables.Ring[(int)at];
            PmLoad load = tables.Loads[(int)slot];
            if (load.Overloaded != 0 && load.Active + load.Inactive >= load.RecoversBelow)
            {
                continue;
            }

            if (best == 0 || ServerCost.IsLess(scheduler, LoadOf(slot), Weight(slot), LoadOf(best), Weight(best)))
            {
                best = slot;
            }
        }

        return best;

        int Weight(uint slot) => (int)tables.Servers[(int)slot].Weight;
        ServerLoad LoadOf(uint slot) => new((int)tables.Loads[(int)slot].Active, (int)tables.Loads[(int)slot].Inactive);
    }
}
