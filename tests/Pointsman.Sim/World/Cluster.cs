using Pointsman.Base;
using Pointsman.Sim.Rules;
using Pointsman.Vrrp;

namespace Pointsman.Sim.World;

// A whole site: nodes, segments, servers, clients, and the rules that watch them. One thread, one clock, one seed: the
// same seed gives the same run to the byte.

/// <summary>A site that runs on a simulated clock.</summary>
internal sealed class Cluster
{
    private readonly SimServer[] _servers;

    public Cluster(SiteSettings site, Prng random, Mutant mutant = Mutant.None, bool isLogged = true)
    {
        Site = site;
        Random = random;
        Mutant = mutant;
        Log = new SimLog(Clock, isLogged);
        Weather = new Weather(random);
        Segments = [.. Enumerable.Range(0, site.SegmentCount).Select(i => new SimSegment($"eth{i}", Clock, Weather))];
        Clients = new SimClients(this);
        Segments[0].Plug(Clients);
        Nodes = [.. Enumerable.Range(0, site.NodeCount).Select(i => new SimNode(this, i))];
        _servers = [.. Enumerable.Range(site.NodeCount, site.OtherServers).Select(i => new SimServer(this, i))];
        foreach (SimServer server in _servers)
        {
            Segments[0].Plug(server);
        }

        Rules = new RuleBook(this);
    }

    public SiteSettings Site { get; }

    public Prng Random { get; }

    public Weather Weather { get; }

    public Mutant Mutant { get; }

    public EventQueue Clock { get; } = new();

    public SimLog Log { get; }

    public SimSegment[] Segments { get; }

    public SimNode[] Nodes { get; }

    public SimClients Clients { get; }

    public RuleBook Rules { get; }

    public void Run(TimeSpan span)
    {
        Instant end = Clock.Now + span;
        while (Clock.TryStep(end))
        {
            Rules.AfterEvent();
        }
    }

    /// <summary>Time goes by for all but the caller, who waits.</summary>
    public void RunWhile(Func<bool> waits)
    {
        while (waits())
        {
            Clock.Step();
            Rules.AfterEvent();
        }
    }

    /// <summary>From here on nothing is left to chance: what is broken stays broken, and no client asks.</summary>
    public void BeginCalm()
    {
        Log.Write("operator", "sleeps");
        Weather.IsCalm = true;
        Clients.Stop();
        foreach (SimSegment segment in Segments)
        {
            segment.BecomePredictable();
        }

        foreach (SimNode node in Nodes)
        {
            node.DataPath.ForgetFlows();
        }
    }

    public void EndCalm()
    {
        Weather.IsCalm = false;
        Clients.Start();
        Log.Write("operator", "wakes");
    }

    /// <summary>Repairs everything, starts everybody, and lets them find their places.</summary>
    public void Settle()
    {
        Log.Write("operator", "repairs everything");
        Clients.IsActive = true;
        foreach (SimSegment segment in Segments)
        {
            segment.Heal();
        }

        foreach (SimNode node in Nodes)
        {
            Repair(node);
        }

        Run((3 * Site.LongestMasterDown) + TimeSpan.FromSeconds(40));

        // A node that was stopping when it was told to start.
        foreach (SimNode node in Nodes)
        {
            node.Control.Start();
        }

        Run((3 * Site.LongestMasterDown) + TimeSpan.FromSeconds(10));
        Rules.WhenSettled();
    }

    /// <summary>Whether a question of the node to this machine (by number) is answered.</summary>
    public bool CanReach(SimNode from, int number)
    {
        if (number >= Nodes.Length)
        {
            return from.Links[0].HasCarrier;
        }

        SimNode to = Nodes[number];
        return to == from || (to.IsPowered && !to.IsFrozen
            && Segments[0].Reaches(from.Links[0], to.Links[0]) && Segments[0].Reaches(to.Links[0], from.Links[0]));
    }

    /// <summary>The node one of whose interfaces has this address; or null.</summary>
    public SimNode? FindNode(MacAddress mac)
    {
        foreach (SimNode node in Nodes)
        {
            foreach (SimLink link in node.Links)
            {
                if (link.Mac == mac)
                {
                    return node;
                }
            }
        }

        return null;
    }

    /// <summary>The hardware address of the node that has this address on the link's segment.</summary>
    public MacAddress MacOf(SimLink link, IpAddress address)
    {
        foreach (SimNode node in Nodes)
        {
            foreach (SimLink other in node.Links)
            {
                if (other.Segment == link.Segment && (other.Address == address || other.LinkLocal == address))
                {
                    return other.Mac;
                }
            }
        }

        throw new ArgumentException($"no such node: {address}");
    }

    public bool IsServing(int number) => number >= Nodes.Length || Nodes[number].IsServing;

    public int NumberOf(IpAddress server)
    {
        for (int i = 0; i < Nodes.Length + _servers.Length; i++)
        {
            if (SiteSettings.AddressOf(0, i) == server)
            {
                return i;
            }
        }

        throw new ArgumentException($"no such server: {server}");
    }

    private void Repair(SimNode node)
    {
        foreach (SimLink link in node.Links)
        {
            link.HasCarrier = true;
            link.HasAddress = true;
            node.Role.OnLinkChanged(link);
        }

        node.IsServing = true;
        node.ScriptIsUp = true;
        node.PathIsUp = true;
        NodeFile repaired = Repaired(node.File);
        if (node.File != repaired)
        {
            node.Edit(repaired);
        }

        node.RefusesUntil = Instant.Earlier(node.RefusesUntil, Clock.Now);
        node.PowerOn();
        node.Thaw();
        node.Role.Thaw();
        node.Control.Thaw();
        for (int i = 0; i < Site.InstanceCount; i++)
        {
            node.Role.Order(i, VrrpOrder.None);
        }

        node.WasOrdered = false;

        node.Control.Start();
        if (Repaired(node.RunningFile) != node.RunningFile)
        {
            node.Control.Reload();
        }
    }

    // What would keep nodes apart for good: other passwords, and pairs that one node ties and another does not. A pair may be missing.
    private static NodeFile Repaired(NodeFile file)
    {
        int missing = 0;
        for (int first = 2; first < 4; first += 2)
        {
            missing |= file.Has(first) && file.Has(first + 1) ? 0 : 3 << first;
        }

        return file with { Password = SiteSettings.UsualPassword, HasGroups = true, Missing = missing };
    }
}
