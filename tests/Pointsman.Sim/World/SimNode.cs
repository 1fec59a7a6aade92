using System.Runtime.CompilerServices;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Wire;

namespace Pointsman.Sim.World;

// A machine: power, interfaces, the kernel's addresses and the data path's maps, and two processes that can each be killed
// and frozen. What is in the kernel outlives the processes; nothing outlives the power.

/// <summary>One director, on most sites a real server too.</summary>
internal sealed class SimNode
{
    private const int RingFrames = 64;

    private readonly Queue<(SimLink Link, Frame Frame)> _ring = new();
    private readonly HashSet<MacAddress> _met = [];
    private readonly bool[] _holdsAddresses;

    public SimNode(Cluster cluster, int index)
    {
        Cluster = cluster;
        Index = index;
        Name = ((char)('a' + index)).ToString();
        File = RunningFile = cluster.Site.FileOf(index);
        Configuration = cluster.Site.Read(index, File);
        Links = [.. cluster.Segments.Select((segment, number) => new SimLink(this, segment, $"eth{number}", number))];
        foreach (SimLink link in Links)
        {
            link.Segment.Plug(link);
        }

        _holdsAddresses = new bool[cluster.Site.InstanceCount];
        SpokeAt = new Instant[cluster.Site.InstanceCount];
        DataPath = new SimDataPath(this, cluster.Mutant);
        Neighbours = new SimNeighbours(this);
        Role = new SimRole(this);
        Control = new SimControl(this);
    }

    public Cluster Cluster { get; }

    public int Index { get; }

    public string Name { get; }

    /// <summary>What its file says now; the processes know it from their next start or reload.</summary>
    public NodeFile File { get; private set; }

    /// <summary>What the VRRP process that runs, or ran last, has read.</summary>
    public NodeFile RunningFile { get; set; }

    /// <summary><see cref="File"/>, as it is read.</summary>
    public Configuration Configuration { get; private set; }

    public SimLink[] Links { get; }

    public SimDataPath DataPath { get; private set; }

    public SimNeighbours Neighbours { get; }

    public SimRole Role { get; }

    public SimControl Control { get; }

    public bool IsPowered { get; private set; }

    /// <summary>The whole machine stands still, as a paused virtual machine does.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>The web server on this node answers.</summary>
    public bool IsServing { get; set; } = true;

    public bool ScriptIsUp { get; set; } = true;

    /// <summary>What BFD says of the path all instances of this node watch.</summary>
    public bool PathIsUp { get; set; } = true;

    /// <summary>An operator ordered its mastership about, and has not taken it back.</summary>
    public bool WasOrdered { get; set; }

    /// <summary>The kernel refuses address changes until then.</summary>
    public Instant RefusesUntil { get; set; }

    /// <summary>Another program of this machine holds the lock under which the kernel changes addresses, until then.</summary>
    public Instant LockedUntil { get; set; }

    /// <summary>By instance: when the role last sent an advert.</summary>
    public Instant[] SpokeAt { get; }

    private Instant Now => Cluster.Clock.Now;

    public SimLink LinkOf(int instance) => Links[SiteSettings.SegmentOf(instance)];

    public bool HoldsAddresses(int instance) => _holdsAddresses[instance];

    public bool HoldsLease(int instance) => DataPath.HoldsLease(SlotOf(instance), Now);

    public Instant? LeaseEnd(int instance) => DataPath.LeaseEnd(SlotOf(instance));

    public static int SlotOf(int instance) => SiteSettings.FirstRouterId + instance;

    public void Log(string what) => Cluster.Log.Write(Name, what);

    public void Log([InterpolatedStringHandlerArgument("")] ref LogLine what)
    {
        if (Cluster.Log.IsKept)
        {
            Cluster.Log.Write(Name, what.Take());
        }
    }

    /// <summary>Its file is edited.</summary>
    public void Edit(NodeFile file)
    {
        Log($"is configured with {file}");
        File = file;
        Configuration = Cluster.Site.Read(Index, file);
    }

    // ---- power and pauses

    public void PowerOn()
    {
        if (!IsPowered)
        {
            Log("power on");
            IsPowered = true;
            Control.Start();
        }
    }

    public void PowerOff()
    {
        Log("power off");
        IsPowered = false;
        IsFrozen = false;
        _ring.Clear();
        _met.Clear();
        Array.Clear(_holdsAddresses);
        DataPath = new SimDataPath(this, Cluster.Mutant);
        Neighbours.Forget();
        Role.Kill();
        Role.Forget();
        Control.Kill();
    }

    public void Freeze()
    {
        Log("freeze");
        IsFrozen = true;
        Role.Freeze();
        Control.Freeze();
    }

    /// <summary>The network card's ring is read first, then the processes get the processor.</summary>
    public void Thaw()
    {
        if (!IsFrozen)
        {
            return;
        }

        Log("thaw");
        IsFrozen = false;
        while (_ring.TryDequeue(out (SimLink Link, Frame Frame) waiting))
        {
            Handle(waiting.Link, waiting.Frame);
        }

        Role.Thaw();
        Control.Thaw();
    }

    // ---- the kernel

    public void Receive(SimLink link, Frame frame)
    {
        if (!IsFrozen)
        {
            Handle(link, frame);
        }
        else if (_ring.Count < RingFrames)
        {
            _ring.Enqueue((link, frame));
        }
    }

    /// <returns>False when the kernel refuses.</returns>
    public bool TrySetAddresses(int instance, bool present)
    {
        if (Now < RefusesUntil)
        {
            return false;
        }

        bool isBroken = present ? Cluster.Mutant == Mutant.AddsNoAddresses : Cluster.Mutant == Mutant.KeepsAddresses;
        if (!isBroken)
        {
            _holdsAddresses[instance] = present;
        }

        return true;
    }

    /// <summary>A VRRP process that follows one that was killed: what that one may have left and its file has not.</summary>
    public void RemoveRemains()
    {
        for (int i = 0; i < _holdsAddresses.Length; i++)
        {
            if (!RunningFile.Has(i) && Cluster.Mutant != Mutant.LeavesRemains)
            {
                _holdsAddresses[i] = false;
            }
        }
    }

    /// <summary>The stack takes a packet to the VIP, which stands on lo of every real server; else nobody answers.</summary>
    public void Serve(Frame.ToVip packet)
    {
        if (IsServing && Cluster.Site.NodesServe)
        {
            Cluster.Clients.OnAnswer(packet.Flow);
        }
    }

    public void Forward(Frame.ToVip packet, NextHop hop) =>
        Links[0].Send(packet with { Source = hop.Source, Target = hop.Target });

    /// <summary>A process of this node was told the hardware address of another, by the kernel or by an advert.</summary>
    public void Meet(MacAddress mac) => _met.Add(mac);

    public bool HasMet(MacAddress mac) => _met.Contains(mac);

    private void Handle(SimLink link, Frame frame)
    {
        switch (frame)
        {
            case Frame.Advert advert: Role.Hear(link, advert); break;
            case Frame.Arp arp: HearArp(link, arp); break;
            case Frame.ToVip packet: DataPath.Handle(packet, Now); break;
            default: throw new InvalidOperationException($"no such frame: {frame}");
        }
    }

    private void HearArp(SimLink link, Frame.Arp frame)
    {
        if (ArpPacket.TryParse(frame.Bytes, out ArpPacket heard) != ArpParseError.None)
        {
            return;
        }

        if (heard.SenderAddress == SiteSettings.Vip)
        {
            Cluster.Rules.OnAnnouncementHeard(this);
            DataPath.HearAnnouncement(Now);
        }

        // The packet program takes questions for a VIP away from a node that does not own it, announcements among them.
        bool isTakenAway = heard.Operation == ArpOperation.Request && heard.TargetAddress == SiteSettings.Vip && !DataPath.MayAnswerArp(Now);
        if (isTakenAway)
        {
            return;
        }

        if (heard.SenderAddress.V4Bits != 0)
        {
            Role.HearArp(heard.SenderAddress, heard.SenderMac);
        }

        Answer(link, heard);
    }

    private void Answer(SimLink link, ArpPacket asked)
    {
        bool isOurs = link.HasAddress && asked.TargetAddress == link.Address;
        isOurs |= RunningFile.HasExtraAddress && _holdsAddresses[0] && link == Links[0] && asked.TargetAddress == SiteSettings.ExtraVip;
        for (int i = 0; i < _holdsAddresses.Length; i++)
        {
            isOurs |= _holdsAddresses[i] && LinkOf(i) == link && asked.TargetAddress == Cluster.Site.VipOf(i);
        }

        if (asked.Operation != ArpOperation.Request || asked.SenderAddress == asked.TargetAddress || !isOurs)
        {
            return;
        }

        var answer = new ArpPacket
        {
            FrameTarget = asked.SenderMac, FrameSource = link.Mac, Operation = ArpOperation.Reply,
            SenderMac = link.Mac, SenderAddress = asked.TargetAddress, TargetMac = asked.SenderMac, TargetAddress = asked.SenderAddress,
        };
        var bytes = new byte[ArpPacket.FrameLengthBytes];
        answer.Write(bytes);
        link.Send(new Frame.Arp(link.Mac, asked.SenderMac, bytes));
    }
}
