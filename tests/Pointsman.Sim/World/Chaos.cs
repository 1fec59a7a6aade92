using Pointsman.Base;
using Pointsman.Vrrp;

namespace Pointsman.Sim.World;

/// <summary>What goes wrong, when, and for how long, by the seed.</summary>
internal sealed class Chaos
{
    private readonly Cluster _cluster;
    private readonly Prng _random;
    private readonly Action[] _misfortunes;
    private readonly Stranger[] _strangers;

    public Chaos(Cluster cluster, Prng random)
    {
        _cluster = cluster;
        _random = random;
        _strangers = [.. cluster.Segments.Select((_, number) => new Stranger(cluster, number))];
        for (int i = 0; i < _strangers.Length; i++)
        {
            cluster.Segments[i].Plug(_strangers[i]);
        }

        Action[] ofNodes =
        [
            PowerCut, KillRole, KillRole, KillControl, StopNode, StopNode, StartNode, StartNode, StartNode,
            FreezeRole, FreezeRole, FreezeControl, FreezeNode, Order, Order, Reload, Edit, Edit, TurnScript, TurnScript, TurnPath, TurnServer,
            RefuseAddresses, HoldLock, HoldLock, TurnClients, TurnClients,
        ];
        Action[] ofNetwork = [CutOneWay, CutBothWays, CutBothWays, Heal, Heal, Heal, Lose, LoseAdverts, LoseAdverts, Delay, Duplicate, Trouble, Trouble, LoseCarrier, LoseAddress];

        // Some rules only speak of sound segments: a third of the runs has no other.
        _misfortunes = random.OneIn(3) ? ofNodes : [.. ofNodes, .. ofNetwork];
    }

    private SimNode AnyNode => _cluster.Nodes[_random.NextInt(_cluster.Nodes.Length)];

    private SimSegment AnySegment => _cluster.Segments[_random.NextInt(_cluster.Segments.Length)];

    /// <summary>What has gone wrong so far.</summary>
    public int Misfortunes { get; private set; }

    /// <summary>What the strangers have sent so far.</summary>
    public long HostilePackets => _strangers.Sum(stranger => stranger.PacketsSent);

    /// <summary>Starts the nodes, each in its time.</summary>
    public void Start()
    {
        _cluster.Clients.Start();
        foreach (SimNode node in _cluster.Nodes)
        {
            _cluster.Clock.After(_random.NextSpan(TimeSpan.FromSeconds(4)), node.PowerOn);
        }
    }

    /// <summary>Lets misfortunes happen.</summary>
    public void Run(TimeSpan span)
    {
        _cluster.Clients.IsActive = true;
        Instant end = _cluster.Clock.Now + span;
        while (_cluster.Clock.Now < end)
        {
            _cluster.Run(SomeTime());
            _misfortunes[_random.NextInt(_misfortunes.Length)].Invoke();
            Misfortunes++;
        }
    }

    // Often close upon each other, for it is the second blow that finds the gap; sometimes long enough for all to settle.
    private TimeSpan SomeTime() => _random.NextInt(4) switch
    {
        0 => _random.NextSpan(TimeSpan.FromMilliseconds(100)),
        1 or 2 => _random.NextSpan(TimeSpan.FromSeconds(3)),
        _ => _random.NextSpan(TimeSpan.FromSeconds(12)),
    };

    /// <summary>In some calms somebody does not leave off.</summary>
    public void BeginCalm()
    {
        if (_random.OneIn(3))
        {
            _strangers[_random.NextInt(_strangers.Length)].Persist();
        }
    }

    public void EndCalm()
    {
        foreach (Stranger stranger in _strangers)
        {
            stranger.End();
        }
    }

    private void PowerCut()
    {
        if (AnyNode is { IsPowered: true } node)
        {
            node.PowerOff();
            _cluster.Clock.After(TimeSpan.FromSeconds(2) + _random.NextSpan(TimeSpan.FromSeconds(15)), node.PowerOn);
        }
    }

    private void KillRole()
    {
        SimNode node = AnyNode;
        if (node.Role.Router is not null)
        {
            node.Role.Kill();
            node.Control.OnRoleEnded();
        }
    }

    private void KillControl()
    {
        SimNode node = AnyNode;
        if (node.Control.IsRunning)
        {
            node.Control.Kill();
            TimeSpan gap = _random.OneIn(2) ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(40);
            _cluster.Clock.After(_random.NextSpan(gap), node.Control.Start);
        }
    }

    private void StopNode() => AnyNode.Control.Stop();

    private void StartNode()
    {
        if (AnyNode is { IsFrozen: false } node)
        {
            node.Control.Start();
        }
    }

    private void Reload() => AnyNode.Control.Reload();

    // The file is edited, and the daemon told of it, or not yet.
    private void Edit()
    {
        SimNode node = AnyNode;
        NodeFile file = node.File;
        int?[] weights = [null, 0, 3, -40];
        int others = _cluster.Site.InstanceCount - 1;
        node.Edit(_random.NextInt(others > 0 ? 15 : 10) switch
        {
            10 or 11 => file with { Missing = file.Missing ^ (1 << (1 + _random.NextInt(others))) },
            12 => file with { Missing = file.Missing ^ (((1 << others) - 1) << 1) },
            13 => file with { HasGroups = !file.HasGroups },
            14 => file with { IsReversed = !file.IsReversed },
            0 => file with { Nopreempt = !file.Nopreempt },
            1 => file with { ScriptWeight = weights[_random.NextInt(weights.Length)] },
            2 => file with { PathWeight = weights[_random.NextInt(weights.Length)] },
            3 => file with { HasExtraAddress = !file.HasExtraAddress },
            4 => file with { Password = file.Password == SiteSettings.UsualPassword ? "2222" : SiteSettings.UsualPassword },
            6 => file with { SpeaksOften = !file.SpeaksOften },
            5 => file with { GarpRepeat = 1 + _random.NextInt(6) },
            _ => file with { Priority = 50 + _random.NextInt(150) },
        });
        if (!_random.OneIn(4))
        {
            node.Control.Reload();
        }
    }

    private void Trouble() => _strangers[_random.NextInt(_strangers.Length)].Trouble();

    private void Order()
    {
        VrrpOrder[] orders = Enum.GetValues<VrrpOrder>();
        SimNode node = AnyNode;
        node.WasOrdered = true;
        node.Role.Order(_random.NextInt(_cluster.Site.InstanceCount), orders[_random.NextInt(orders.Length)]);
    }

    private void FreezeRole()
    {
        SimNode node = AnyNode;
        node.Role.Freeze();
        _cluster.Clock.After(Pause(), () =>
        {
            if (!node.IsFrozen)
            {
                node.Role.Thaw();
            }
        });
    }

    private void FreezeControl()
    {
        SimNode node = AnyNode;
        node.Control.Freeze();
        _cluster.Clock.After(Pause(), () =>
        {
            if (!node.IsFrozen)
            {
                node.Control.Thaw();
            }
        });
    }

    private void FreezeNode()
    {
        if (AnyNode is { IsPowered: true, IsFrozen: false } node)
        {
            node.Freeze();
            _cluster.Clock.After(Pause(), node.Thaw);
        }
    }

    // About the times at which something changes its meaning: an interval, the lease, the master-down time; or long.
    private TimeSpan Pause() => _random.NextInt(3) switch
    {
        0 => _random.NextSpan(_cluster.Site.AdvertInterval),
        1 => _random.NextSpan(_cluster.Site.LongestMasterDown),
        _ => _random.NextSpan(TimeSpan.FromSeconds(20)),
    };

    private void TurnScript()
    {
        SimNode node = AnyNode;
        node.ScriptIsUp = !node.ScriptIsUp;
        node.Log($"script is {(node.ScriptIsUp ? "up" : "down")}");
    }

    private void TurnPath()
    {
        SimNode node = AnyNode;
        node.PathIsUp = !node.PathIsUp;
        node.Log($"path is {(node.PathIsUp ? "up" : "down")}");
    }

    private void TurnServer()
    {
        SimNode node = AnyNode;
        node.IsServing = !node.IsServing;
        node.Log($"web server is {(node.IsServing ? "up" : "down")}");
    }

    private void RefuseAddresses()
    {
        SimNode node = AnyNode;
        TimeSpan span = _random.NextSpan(TimeSpan.FromSeconds(4));
        node.RefusesUntil = _cluster.Clock.Now + span;
        node.Log($"kernel refuses addresses for {span}");
        if (_cluster.Site.InstanceCount > 1 && _random.OneIn(2))
        {
            node.Edit(node.File with { Missing = node.File.Missing ^ (1 << (1 + _random.NextInt(_cluster.Site.InstanceCount - 1))) });
            node.Control.Reload();
        }
    }

    // Another program has the lock under which the kernel changes addresses. Who reloads has something to change.
    private void HoldLock()
    {
        SimNode node = AnyNode;
        TimeSpan span = _random.NextInt(3) switch
        {
            0 => _random.NextSpan(_cluster.Site.AdvertInterval),
            1 => _random.NextSpan(VrrpTimers.SpeechWhileHeldUp),
            _ => _random.NextSpan(TimeSpan.FromSeconds(5)),
        };
        node.LockedUntil = _cluster.Clock.Now + span;
        node.Log($"kernel is locked for {span}");
        if (_random.OneIn(2))
        {
            node.Control.Reload();
        }
    }

    private void TurnClients() => _cluster.Clients.IsActive = !_cluster.Clients.IsActive;

    private void CutOneWay()
    {
        SimSegment segment = AnySegment;
        SimNode from = AnyNode;
        SimNode to = AnyNode;
        if (from != to)
        {
            _cluster.Log.Write(segment.Name, $"cut {from.Name} -> {to.Name}");
            segment.Cut(from.Index, to.Index);
        }
    }

    private void CutBothWays()
    {
        SimSegment segment = AnySegment;
        SimNode lonely = AnyNode;
        _cluster.Log.Write(segment.Name, $"cut {lonely.Name} from the others");
        foreach (SimNode other in _cluster.Nodes)
        {
            if (other != lonely)
            {
                segment.Cut(lonely.Index, other.Index);
                segment.Cut(other.Index, lonely.Index);
            }
        }
    }

    private void Heal()
    {
        SimSegment segment = AnySegment;
        _cluster.Log.Write(segment.Name, "healed");
        segment.Heal();
    }

    private void Lose()
    {
        SimSegment segment = AnySegment;
        segment.LossPercent = 5 + _random.NextInt(60);
        _cluster.Log.Write(segment.Name, $"loses {segment.LossPercent}%");
    }

    private void LoseAdverts()
    {
        SimSegment segment = AnySegment;
        segment.LosesAdverts = true;
        _cluster.Log.Write(segment.Name, "loses adverts");
    }

    private void Delay()
    {
        SimSegment segment = AnySegment;
        segment.ExtraDelay = _random.NextSpan(TimeSpan.FromSeconds(_random.OneIn(2) ? 0.002 : 4));
        _cluster.Log.Write(segment.Name, $"delays up to {segment.ExtraDelay.TotalMilliseconds:0.0} ms");
    }

    private void Duplicate()
    {
        SimSegment segment = AnySegment;
        segment.DuplicatePercent = 30;
        _cluster.Log.Write(segment.Name, "duplicates");
    }

    private void LoseCarrier()
    {
        SimNode node = AnyNode;
        SimLink link = node.Links[_random.NextInt(node.Links.Length)];
        link.HasCarrier = !link.HasCarrier;
        node.Log($"{link.Name} {(link.HasCarrier ? "has" : "loses")} carrier");
        node.Role.OnLinkChanged(link);
    }

    private void LoseAddress()
    {
        SimNode node = AnyNode;
        SimLink link = node.Links[_random.NextInt(node.Links.Length)];
        link.HasAddress = !link.HasAddress;
        node.Log($"{link.Name} {(link.HasAddress ? "has" : "loses")} its address");
        node.Role.OnLinkChanged(link);
    }
}
