using System.Collections.Immutable;
using System.Diagnostics;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux;

namespace Pointsman.Dataplane.NextHops;

/// <summary>The ways to some servers, found once and not followed.</summary>
public static class FirstWays
{
    /// <param name="patience">How long servers whose hardware address is not known are asked for it.</param>
    /// <exception cref="DataplaneException">The kernel does not answer.</exception>
    public static IReadOnlyDictionary<IpAddress, Reachability> Find(ImmutableArray<IpAddress> servers, TimeSpan patience)
    {
        var ways = new Dictionary<IpAddress, Reachability>();
        if (servers.IsEmpty)
        {
            return ways;
        }

        Exception? broken = null;
        using var watcher = new ReachabilityWatcher(
            servers,
            told =>
            {
                lock (ways)
                {
                    foreach ((IpAddress server, Reachability way) in told)
                    {
                        ways[server] = way;
                    }

                    Monitor.Pulse(ways);
                }
            },
            failed =>
            {
                lock (ways)
                {
                    broken = failed;
                    Monitor.Pulse(ways);
                }
            });
        watcher.Start();
        var waited = Stopwatch.StartNew();
        lock (ways)
        {
            while (broken is null && (ways.Count < servers.Length || ways.Values.Any(way => way is Reachability.Unresolved)) && waited.Elapsed < patience)
            {
                TimeSpan left = patience - waited.Elapsed;
                Monitor.Wait(ways, left > TimeSpan.Zero ? left : TimeSpan.Zero);
            }

            return broken is null
                ? new Dictionary<IpAddress, Reachability>(ways)
                : throw new DataplaneException($"the ways to the real servers cannot be found: {broken.Message}", broken);
        }
    }
}
