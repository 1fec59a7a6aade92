using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Sim.World;

// One client machine with an ARP cache as clients have it: turned by announcements, asked anew only when nobody answers.
// Beside its orderly connections it sends some to any node at all, as machines with stale caches do; and the nodes
// themselves are clients of the VIP too.

/// <summary>Those who use the VIP.</summary>
internal sealed class SimClients(Cluster cluster) : ISegmentPort
{
    private const int ClientNumber = 98;
    private const int MissesUntilAsked = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly IpAddress Address = SiteSettings.AddressOf(0, ClientNumber);

    private readonly HashSet<int> _unanswered = [];
    private MacAddress? _cache;
    private int _nextFlow;
    private int _misses;
    private int _life;

    public int Number => ClientNumber;

    public MacAddress Mac { get; } = SiteSettings.MacOf(0, ClientNumber);

    public bool HasCarrier => true;

    public bool IsThere => true;

    /// <summary>Where they believe the VIP is.</summary>
    public MacAddress? Believes => _cache;

    /// <summary>New connections are made.</summary>
    public bool IsActive { get; set; }

    /// <summary>Connections in a row that somebody has answered.</summary>
    public int AnsweredInARow { get; private set; }

    /// <summary>When an awaited connection was last answered.</summary>
    public Instant AnsweredAt { get; private set; }

    private Prng Random => cluster.Random;

    public void Start()
    {
        int life = ++_life;
        cluster.Clock.After(Random.NextSpan(TimeSpan.FromMilliseconds(300)), () => Connect(life));
    }

    /// <summary>They go home.</summary>
    public void Stop() => _life++;

    public void Receive(Frame frame)
    {
        if (frame is not Frame.Arp arp || ArpPacket.TryParse(arp.Bytes, out ArpPacket packet) != ArpParseError.None
            || packet.SenderAddress != SiteSettings.Vip)
        {
            return;
        }

        if (_cache != packet.SenderMac)
        {
            cluster.Log.Write("client", $"finds the VIP at {packet.SenderMac}");
            _cache = packet.SenderMac;
        }
    }

    public void OnAnswer(int flow)
    {
        if (_unanswered.Remove(flow))
        {
            _misses = 0;
            AnsweredInARow++;
            AnsweredAt = cluster.Clock.Now;
        }
    }

    private void Connect(int life)
    {
        if (life != _life)
        {
            return;
        }

        if (IsActive)
        {
            Ask();
            int kind = Random.NextInt(8);
            if (kind == 0)
            {
                SendFlow(cluster.Nodes[Random.NextInt(cluster.Nodes.Length)].Links[0].Mac, isAwaited: false);
            }
            else if (kind == 1)
            {
                ConnectFromNode(cluster.Nodes[Random.NextInt(cluster.Nodes.Length)]);
            }
            else if (_cache is { } mac)
            {
                SendFlow(mac, isAwaited: true);
            }
        }

        cluster.Clock.After(TimeSpan.FromMilliseconds(50) + Random.NextSpan(TimeSpan.FromMilliseconds(300)), () => Connect(life));
    }

    private void Ask()
    {
        if (_cache is not null && _misses < MissesUntilAsked)
        {
            return;
        }

        _misses = 0;
        var question = new ArpPacket
        {
            FrameTarget = MacAddress.Broadcast, FrameSource = Mac, Operation = ArpOperation.Request,
            SenderMac = Mac, SenderAddress = Address, TargetAddress = SiteSettings.Vip,
        };
        var bytes = new byte[ArpPacket.FrameLengthBytes];
        question.Write(bytes);
        cluster.Segments[0].Send(this, new Frame.Arp(Mac, MacAddress.Broadcast, bytes));
    }

    private void SendFlow(MacAddress target, bool isAwaited)
    {
        int flow = _nextFlow++;
        if (isAwaited)
        {
            _unanswered.Add(flow);
            cluster.Clock.After(Patience, () => Miss(flow));
        }

        var packet = new Frame.ToVip(Mac, target, Address, flow, IsSyn: true);
        cluster.Segments[0].Send(this, packet);
        for (int i = 1; i <= 2; i++)
        {
            // The second comes late enough to meet another master than the first.
            cluster.Clock.After(
                i * Random.NextSpan(TimeSpan.FromSeconds(2)), () => cluster.Segments[0].Send(this, packet with { IsSyn = false }));
        }
    }

    private void ConnectFromNode(SimNode node)
    {
        if (_cache is { } target && node.IsPowered && !node.IsFrozen && target != node.Links[0].Mac)
        {
            SimLink link = node.Links[0];
            link.Send(new Frame.ToVip(link.Mac, target, link.Address, _nextFlow++, IsSyn: true));
        }
    }

    private void Miss(int flow)
    {
        if (_unanswered.Remove(flow))
        {
            _misses++;
            AnsweredInARow = 0;
        }
    }
}
