using System.Diagnostics;
using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;
using Pointsman.Wire;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// Carries out what the machine asks, in its order, on the real-time thread. Adverts and renewed leases, all there is in
/// steady state, allocate nothing.
/// </summary>
internal sealed class ActionRunner(
    VirtualRouterSettings settings,
    VrrpRouter router,
    LinkTable links,
    RoutingKeeper routing,
    Firewall firewall,
    IOwnershipLeases leases,
    Deputy deputy,
    EventOutbox outbox)
    : IDisposable
{
    private const int MaxPacketBytes = Ipv6Header.LengthBytes + VrrpAdvert.MaxLengthBytes;

    private readonly FrameSender _frames = new();
    private AnnouncementPacer? _pacer;
    private readonly Instant[] _spokeAt = new Instant[router.Instances.Length];

    internal RouteClient Routes { get; } = new();

    internal AnnouncementPacer Pacer => _pacer ??= new AnnouncementPacer(settings.Announcements, SendAnnouncement);

    internal KnownDirectors Directors { get; } = new(links, leases);

    /// <summary>Goes on for a router with other settings.</summary>
    internal void Continue(Instant now, ActionRunner former)
    {
        Directors.Continue(former.Directors);
        foreach (VrrpInstance instance in router.Instances)
        {
            _spokeAt[instance.Index] = instance.FormerIndex is { } index ? former._spokeAt[index] : default;
        }

        Pacer.Continue(now, former.Pacer, FindPlace);
    }

    private (int Instance, LinkTable.PlacedAddress Placed)? FindPlace(int formerInstance, LinkTable.PlacedAddress former)
    {
        foreach (VrrpInstance instance in router.Instances)
        {
            if (instance.FormerIndex == formerInstance)
            {
                int at = Array.FindIndex(links.AddressesOf(instance.Index), placed => placed.IsSame(former));
                return at < 0 ? null : (instance.Index, links.AddressesOf(instance.Index)[at]);
            }
        }

        return null;
    }

    /// <summary>When an advert of this instance was last sent.</summary>
    internal Instant SpokeAt(int instance) => _spokeAt[instance];

    /// <summary>Carries out the list, and what failures add to it, and clears it.</summary>
    internal void Run(List<VrrpAction> actions)
    {
        // Not foreach: a failure appends what the machine makes of it.
        for (int i = 0; i < actions.Count; i++)
        {
            VrrpAction action = actions[i];
            int errno = router.ComesTooLate(MonotonicClock.NowWithSuspend, action) ? 0 : Try(action);
            if (errno != 0)
            {
                router.OnActionFailed(MonotonicClock.NowWithSuspend, action, errno, actions);
            }
        }

        actions.Clear();
    }

    /// <summary>
    /// Sends adverts and renews leases, no more: what fails is told of by the next turn of the role's thread.
    /// </summary>
    internal void Speak(List<VrrpAction> words)
    {
        foreach (VrrpAction word in words)
        {
            Try(word);
        }
    }

    /// <summary>Says once where an address is, as soon as the pace of its interface lets it.</summary>
    internal void Announce(Instant now, int instance, in LinkTable.PlacedAddress placed) => Pacer.Send(now, instance, placed);

    private void SendAnnouncement(LinkTable.PlacedAddress placed)
    {
        if (placed.Port.Mac is not { } mac)
        {
            return;
        }

        Span<byte> frame = stackalloc byte[NeighbourAdvertisement.FrameLengthBytes];
        frame = frame[..WriteAnnouncement(placed, mac, frame)];
        // A lost announcement is no failure: the next batch and the clients' own questions follow.
        _frames.TrySend(placed.Port.Index, frame, out _);
    }

    /// <returns>False when the address is there already.</returns>
    internal bool TryAddAddress(in LinkTable.PlacedAddress placed)
    {
        using Deputy.Loan _ = deputy.Lend();
        return Routes.TryAddAddress(placed.Address.On(placed.Port.Index));
    }

    /// <summary>Asks for the network cards that are not known or may have changed.</summary>
    internal void AskForCards(Instant now)
    {
        foreach (HandOverNote.KnownPeer director in Directors.TakeQuestions(now))
        {
            foreach (VrrpInstance instance in router.Instances)
            {
                if (instance.Settings.Name == director.Instance)
                {
                    Ask(instance, director.Address, director.Mac);
                }
            }
        }
    }

    public void Dispose()
    {
        _frames.Dispose();
        Routes.Dispose();
    }

    private static int WriteAnnouncement(in LinkTable.PlacedAddress placed, MacAddress mac, Span<byte> frame)
    {
        IpAddress address = placed.Address.Prefix.Address;
        return address.IsV4
            ? ArpPacket.Gratuitous(mac, address).Write(frame)
            : new NeighbourAdvertisement { Owner = mac, Target = address, IsRouter = placed.Port.IsIpv6Router }.Write(frame);
    }

    /// <returns>Zero, or why it could not be done.</returns>
    internal int Try(in VrrpAction action)
    {
        try
        {
            switch (action.Kind)
            {
                case VrrpActionKind.SendAdvert:
                    return SendAdvert(action);
                case VrrpActionKind.AddAddresses:
                    return AddAddresses(action.Instance);
                case VrrpActionKind.RemoveAddresses:
                    RemoveAddresses(action.Instance);
                    return 0;
                case VrrpActionKind.AnnounceAddresses:
                    AnnounceAddresses(action);
                    return 0;
                case VrrpActionKind.Arm:
                case VrrpActionKind.RenewLease:
                    if (LeaseOf(action.Instance) is { } granted)
                    {
                        Grant(granted, router.Instances[action.Instance]);
                    }

                    return 0;
                case VrrpActionKind.Disarm:
                    if (LeaseOf(action.Instance) is { } revoked)
                    {
                        leases.Disarm(revoked);
                    }

                    return 0;
                case VrrpActionKind.LearnPeer:
                    Directors.Remember(
                        new HandOverNote.KnownPeer(
                            router.Instances[action.Instance].Settings.Name, action.PeerAddress, action.PeerMac),
                        MonotonicClock.NowWithSuspend);
                    return 0;
                case VrrpActionKind.ProbeAddress:
                    ProbeAddress(action);
                    return 0;
                case VrrpActionKind.AskPeer:
                    AskPeer(action);
                    return 0;
                case VrrpActionKind.Report:
                    outbox.Post(action.Event, router.Instances[action.Instance].EffectivePriority);
                    return 0;
                case VrrpActionKind.None:
                default:
                    throw new UnreachableException();
            }
        }
        catch (ErrnoException refused)
        {
            return refused.Errno;
        }
    }

    // From its last word on, not from now: what came between the two, a slow change of addresses, lengthens no lease.
    private void Grant(int slot, VrrpInstance owner)
    {
        TimeSpan silence = owner.SilentFor(MonotonicClock.NowWithSuspend);
        if (silence < owner.LeaseTime)
        {
            leases.Arm(slot, owner.LeaseTime - silence, owner.ForwardingTime - silence);
        }
    }

    // Each address once, then each once more: the last one does not wait for all repeats of the first.
    private void AnnounceAddresses(in VrrpAction action)
    {
        Instant now = MonotonicClock.NowWithSuspend;
        for (int i = 0; i < action.Repeat; i++)
        {
            foreach (LinkTable.PlacedAddress placed in links.AddressesOf(action.Instance))
            {
                Announce(now, action.Instance, placed);
            }
        }
    }

    private int? LeaseOf(int instance) => instance < settings.Bindings.Length ? settings.Bindings[instance].LeaseSlot : null;

    private int SendAdvert(in VrrpAction action)
    {
        VrrpInstance instance = router.Instances[action.Instance];

        // To all of them, whatever becomes of one.
        Span<byte> packet = stackalloc byte[MaxPacketBytes];
        int failure = 0;
        foreach (IpAddress target in instance.AdvertTargets)
        {
            int lengthBytes = router.WriteAdvertPacket(action, target, packet);
            if (TrySend(links.SendingPortOf(action.Instance, target), instance.Settings.Family, packet[..lengthBytes], target, out int errno))
            {
                _spokeAt[action.Instance] = MonotonicClock.NowWithSuspend;
            }
            else
            {
                failure = errno;
            }
        }

        return failure;
    }

    private bool TrySend(LinkPort port, IpFamily family, ReadOnlySpan<byte> packet, IpAddress target, out int errno)
    {
        if (port.Parent is null)
        {
            errno = Errno.NoDevice;
            return port.FindSockets(family)?.Sender is { } sender && sender.TrySend(packet, target, out errno);
        }

        if (port.Mac is not { } mac)
        {
            errno = Errno.NoDevice;
            return false;
        }

        Span<byte> frame = stackalloc byte[EthernetHeader.LengthBytes + MaxPacketBytes];
        EthernetHeader.Write(frame, MacAddress.OfGroup(target), mac, family);
        packet.CopyTo(frame[EthernetHeader.LengthBytes..]);
        return _frames.TrySend(port.Index, frame[..(EthernetHeader.LengthBytes + packet.Length)], out errno);
    }

    // A lost question is no failure: it is asked again, and adverts decide. From the network card's own MAC address: an
    // answer to a virtual one would go to whoever has it.
    private void ProbeAddress(in VrrpAction action)
    {
        foreach (LinkTable.PlacedAddress placed in links.AddressesOf(action.Instance))
        {
            LinkPort port = placed.Port.Base;
            if (placed.Address.Prefix.Address == action.PeerAddress && port.Mac is { } mac)
            {
                Ask(port, mac, action.PeerAddress, router.Instances[action.Instance].SourceAddress);
            }
        }
    }

    private void Ask(LinkPort port, MacAddress mac, IpAddress address, IpAddress asker)
    {
        if (address.IsV4)
        {
            Send(port, ArpPacket.Probe(mac, address));
        }
        else if (asker.Family == IpFamily.V6)
        {
            Send(port, new NeighbourSolicitation { Asker = mac, AskerAddress = asker, Target = address });
        }
    }

    private void AskPeer(in VrrpAction action) =>
        Ask(router.Instances[action.Instance], action.PeerAddress, action.PeerMac);

    // Behind a virtual MAC address nobody answers for the node's own address: everybody is asked then.
    private void Ask(VrrpInstance instance, IpAddress peer, MacAddress peerMac)
    {
        LinkPort port = links.PortOf(instance.Index);
        if (port.Mac is not { } mac || instance.SourceAddress.Family != peer.Family)
        {
            return;
        }

        bool isHidden = links.IsVirtual(peerMac);
        if (peer.IsV4)
        {
            Send(port, ArpPacket.Question(mac, instance.SourceAddress, isHidden ? MacAddress.Broadcast : peerMac, peer));
        }
        else
        {
            Send(port, new NeighbourSolicitation
            {
                Asker = mac, AskerAddress = instance.SourceAddress, Target = peer, Asked = isHidden ? null : peerMac,
            });
        }
    }

    private void Send(LinkPort port, in ArpPacket packet)
    {
        Span<byte> frame = stackalloc byte[ArpPacket.FrameLengthBytes];
        packet.Write(frame);
        _frames.TrySend(port.Index, frame, out _);
    }

    private void Send(LinkPort port, in NeighbourSolicitation question)
    {
        Span<byte> frame = stackalloc byte[NeighbourSolicitation.FrameLengthBytes];
        question.Write(frame);
        _frames.TrySend(port.Index, frame, out _);
    }

    // All of them are tried, whatever becomes of one.
    private int AddAddresses(int instance)
    {
        using Deputy.Loan _ = deputy.Lend();
        int failure = 0;
        firewall.Close(instance);
        foreach (LinkTable.PlacedAddress placed in links.AddressesOf(instance))
        {
            try
            {
                if (placed.Port.Index == 0)
                {
                    failure = Errno.NoDevice;
                }
                else
                {
                    TryAddAddress(placed);
                }
            }
            catch (ErrnoException refused)
            {
                failure = refused.Errno;
            }
        }

        routing.Enter(MonotonicClock.NowWithSuspend, router.Instances[instance]);
        return failure;
    }

    private void RemoveAddresses(int instance)
    {
        ErrnoException? failure = null;
        Pacer.Cancel(instance);
        using Deputy.Loan _ = deputy.Lend();
        routing.Leave(router.Instances[instance]);
        foreach (LinkTable.PlacedAddress placed in links.AddressesOf(instance))
        {
            try
            {
                if (placed.Port.Index != 0)
                {
                    Routes.TryDeleteAddress(placed.Address.On(placed.Port.Index));
                }
            }
            catch (ErrnoException refused)
            {
                failure = refused;
            }
        }

        firewall.Open(instance);
        if (failure is not null)
        {
            throw failure;
        }
    }
}
