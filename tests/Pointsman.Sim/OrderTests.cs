using Pointsman.Base;
using Pointsman.Sim.Rules;
using Pointsman.Sim.World;

namespace Pointsman.Sim;

/// <summary>
/// Two boxes that are directors and web servers at once, with a script that watches the web server: in every order of
/// starts, stops, crashes and returns the VIP answers within seconds, and nothing circles.
/// </summary>
public sealed class OrderTests
{
    private const int Length = 3;

    // Two connections a second at least go to the address the client believes in.
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(2);

    // A takeover needs 3.6 seconds after the last advert.
    private static readonly TimeSpan TakeoverTime = TimeSpan.FromSeconds(8);

    private static readonly SiteSettings Site = new() { Priorities = [101, 100], ScriptWeight = 2 };

    private static readonly (string Name, Action<SimNode> Does)[] Deeds =
    [
        ("start", node => { node.PowerOn(); node.Control.Start(); }),
        ("stop", node => node.Control.Stop()),
        ("power off", node => { if (node.IsPowered) { node.PowerOff(); } }),
        ("kill", node => { node.Control.Kill(); node.Role.Kill(); }),
    ];

    [Theory]
    [InlineData(0.3)]
    [InlineData(9)]
    public void EveryOrder_EndsWithOneMasterAndAnsweredClients(double secondsBetween)
    {
        int orders = (int)Math.Pow(2 * Deeds.Length, Length);
        for (int order = 0; order < orders; order++)
        {
            Play(order, TimeSpan.FromSeconds(secondsBetween));
        }
    }

    private static bool Lives(SimNode node) => node.Control.IsRunning && node.Role.Router is { IsStarted: true };

    private static void Play(int order, TimeSpan between)
    {
        var cluster = new Cluster(Site, new Prng((ulong)order));
        var story = new List<string>();
        try
        {
            cluster.Clients.IsActive = true;
            cluster.Clients.Start();
            foreach (SimNode node in cluster.Nodes)
            {
                node.PowerOn();
            }

            cluster.Run(TimeSpan.FromSeconds(8));
            for (int step = 0, rest = order; step < Length; step++, rest /= 2 * Deeds.Length)
            {
                SimNode node = cluster.Nodes[rest % 2];
                (string name, Action<SimNode> does) = Deeds[rest / 2 % Deeds.Length];
                story.Add($"{name} {node.Name}");
                does(node);
                cluster.Run(TimeSpan.FromMilliseconds(200));
                bool isServed = between > TakeoverTime && cluster.Nodes.Any(Lives);
                cluster.Run(between);
                if (isServed && cluster.Clock.Now - cluster.Clients.AnsweredAt > LongestGap)
                {
                    throw new RuleBrokenException("Served", $"a director lives, and no client was answered since {cluster.Clients.AnsweredAt}");
                }
            }

            cluster.Settle();
        }
        catch (RuleBrokenException broken)
        {
            Assert.Fail($"order {order} ({string.Join(", ", story)}): {broken.Message}\n{cluster.Log}");
        }
    }
}
