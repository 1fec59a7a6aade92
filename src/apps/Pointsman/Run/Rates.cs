using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane;

namespace Pointsman.App.Run;

/// <summary>
/// What passes in a second, of each service and server, from one reading to the next; as IPVS's estimator has it. Each is of its moment
/// and does not change.
/// </summary>
internal sealed class Rates
{
    /// <summary>The estimator's own interval.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // In these parts of one in a second, so that a slow service does not stand still between two whole numbers.
    private const int ScaleBits = 10;

    // A quarter of the way to what the last interval had.
    private const int WeightBits = 2;

    private readonly CounterReading _read;
    private readonly Dictionary<ServiceKey, Counters> _services;
    private readonly Dictionary<(ServiceKey, TransportEndpoint), Counters> _servers;

    private Rates(CounterReading read, Dictionary<ServiceKey, Counters> services, Dictionary<(ServiceKey, TransportEndpoint), Counters> servers)
    {
        _read = read;
        _services = services;
        _servers = servers;
    }

    /// <summary>Of a first reading: nothing is known yet.</summary>
    internal static Rates Begin(CounterReading read) => new(read, [], []);

    internal Rates Next(CounterReading read, TimeSpan elapsed) =>
        new(read, Next(_services, _read.Services, read.Services, elapsed), Next(_servers, _read.Servers, read.Servers, elapsed));

    /// <summary>Null: two readings have not seen it yet.</summary>
    internal Counters? Of(ServiceKey service) => _services.TryGetValue(service, out Counters found) ? Shown(found) : null;

    internal Counters? Of(ServiceKey service, TransportEndpoint server) =>
        _servers.TryGetValue((service, server), out Counters found) ? Shown(found) : null;

    // To the nearest; half goes down, as IPVS's.
    private static Counters Shown(Counters average) => average.Select(default, (scaled, _) => (scaled + (1 << (ScaleBits - 1)) - 1) >> ScaleBits);

    private static Dictionary<TKey, Counters> Next<TKey>(
        Dictionary<TKey, Counters> averages, IReadOnlyDictionary<TKey, Counters> before, IReadOnlyDictionary<TKey, Counters> now, TimeSpan elapsed)
        where TKey : notnull
    {
        var next = new Dictionary<TKey, Counters>(now.Count);
        foreach ((TKey key, Counters count) in now)
        {
            if (before.TryGetValue(key, out Counters earlier))
            {
                Counters rate = count.Select(earlier, (here, there) => PerSecond(here - there, elapsed));
                next[key] = rate.Select(averages.GetValueOrDefault(key), (last, average) => average + ((last - average) >> WeightBits));
            }
        }

        return next;
    }

    // Less than before: the counters were set to zero meanwhile.
    private static long PerSecond(long count, TimeSpan elapsed) => count <= 0 ? 0 : (long)(count * (double)(1 << ScaleBits) / elapsed.TotalSeconds);
}
