using System.Diagnostics;
using Pointsman.Base;
using Pointsman.Vrrp;
using Pointsman.Wire;

namespace Pointsman.Sim.World;

/// <summary>Carries out what the machine asks, in its order, on the simulated node.</summary>
internal sealed class RoleEffects(SimNode node)
{
    private const int NetworkDown = 100;         // ENETDOWN
    private const int NotPermitted = 1;          // EPERM

    private readonly byte[] _packet = new byte[2048];

    /// <summary>Carries out the list, and what failures add to it, and clears it.</summary>
    /// <exception cref="RoleEndedException">The process was killed while the kernel kept it waiting.</exception>
    public void Run(VrrpRouter router, List<VrrpAction> actions)
    {
        for (int i = 0; i < actions.Count; i++)
        {
            VrrpAction action = actions[i];
            if (router.ComesTooLate(node.Role.Now, action) && node.Cluster.Mutant != Mutant.ActsTooLate)
            {
                node.Log($"{action.Kind} comes too late");
                continue;
            }

            int errno = Try(router, action);
            if (errno != 0)
            {
                node.Log($"{action.Kind} fails with {errno}");
                router.OnActionFailed(node.Role.Now, action, errno, actions);
            }
        }

        actions.Clear();
    }

    /// <summary>As they stand: whoever asks looks after what fails.</summary>
    public void TryAll(VrrpRouter router, List<VrrpAction> actions)
    {
        foreach (VrrpAction action in actions)
        {
            Try(router, action);
        }
    }

    private int Try(VrrpRouter router, in VrrpAction action)
    {
        VrrpInstance machine = router.Instances[action.Instance];
        int instance = SiteSettings.NumberOf(machine);
        string name = machine.Settings.Name;
        if (action.Kind != VrrpActionKind.Report)
        {
            node.Log($"{name} {Describe(action)}");
        }

        switch (action.Kind)
        {
            case VrrpActionKind.SendAdvert: return Speak(router, action);
            case VrrpActionKind.AddAddresses: return SetAddresses(instance, present: true);
            case VrrpActionKind.RemoveAddresses: return SetAddresses(instance, present: false);
            case VrrpActionKind.AnnounceAddresses: Announce(router, action); return 0;
            case VrrpActionKind.Arm:
            case VrrpActionKind.RenewLease:
                Grant(SimNode.SlotOf(instance), machine);
                return 0;
            case VrrpActionKind.Disarm: node.DataPath.Disarm(SimNode.SlotOf(instance)); return 0;
            case VrrpActionKind.LearnPeer: node.DataPath.LearnPeer(action.PeerAddress, action.PeerMac); return 0;
            // Neighbour discovery is not simulated: over IPv6 nobody is heard to answer.
            case VrrpActionKind.ProbeAddress or VrrpActionKind.AskPeer when !action.PeerAddress.IsV4: return 0;
            case VrrpActionKind.ProbeAddress: Ask(instance, ArpPacket.Probe(node.LinkOf(instance).Mac, action.PeerAddress)); return 0;
            case VrrpActionKind.AskPeer:
                SimLink link = node.LinkOf(instance);
                Ask(instance, ArpPacket.Question(link.Mac, link.Address, action.PeerMac, action.PeerAddress));
                return 0;
            case VrrpActionKind.Report: Tell(router, action); return 0;
            case VrrpActionKind.None:
            default: throw new UnreachableException();
        }
    }

    private int SetAddresses(int instance, bool present)
    {
        node.Role.WaitForKernel();
        return node.TrySetAddresses(instance, present) ? 0 : NotPermitted;
    }

    private void Grant(int slot, VrrpInstance machine)
    {
        Instant word = node.Cluster.Clock.Now - machine.SilentFor(node.Role.Now);
        node.DataPath.Arm(slot, word + machine.LeaseTime, word + machine.ForwardingTime);
    }

    private void Tell(VrrpRouter router, in VrrpAction action)
    {
        if (node.Cluster.Log.IsKept)
        {
            node.Log(VrrpEventText.Format(action.Event, router.Settings));
        }
    }

    private static string Describe(in VrrpAction action) => action.Kind switch
    {
        VrrpActionKind.SendAdvert => $"SendAdvert {action.Priority}",
        VrrpActionKind.LearnPeer => $"LearnPeer {action.PeerAddress} {action.PeerMac}",
        _ => action.Kind.ToString(),
    };

    private int Speak(VrrpRouter router, in VrrpAction action)
    {
        VrrpInstance machine = router.Instances[action.Instance];
        int instance = SiteSettings.NumberOf(machine);
        SimLink link = node.LinkOf(instance);
        if (!link.HasCarrier)
        {
            return NetworkDown;
        }

        node.Cluster.Rules.OnAdvertSent(node, machine, action.Priority);
        node.SpokeAt[instance] = node.Cluster.Clock.Now;
        foreach (IpAddress target in machine.AdvertTargets)
        {
            // The neighbours of a site know each other: how one is found is not what is looked at here.
            MacAddress mac = target.IsMulticast ? MacAddress.Broadcast : node.Cluster.MacOf(link, target);
            int lengthBytes = router.WriteAdvertPacket(action, target, _packet);
            link.Send(new Frame.Advert(link.Mac, mac, _packet[..lengthBytes]));
        }

        return 0;
    }

    private void Ask(int instance, in ArpPacket question)
    {
        SimLink link = node.LinkOf(instance);
        if (link.HasCarrier)
        {
            var bytes = new byte[ArpPacket.FrameLengthBytes];
            question.Write(bytes);
            link.Send(new Frame.Arp(link.Mac, question.FrameTarget, bytes));
        }
    }

    private void Announce(VrrpRouter router, in VrrpAction action)
    {
        VrrpInstance machine = router.Instances[action.Instance];
        SimLink link = node.LinkOf(SiteSettings.NumberOf(machine));
        if (!link.HasCarrier)
        {
            return;
        }

        node.Cluster.Rules.OnAnnounced(node, machine);
        foreach (IpAddress address in machine.Settings.VirtualAddresses)
        {
            if (!address.IsV4)
            {
                continue;       // clients of IPv6 are not modelled
            }

            var bytes = new byte[ArpPacket.FrameLengthBytes];
            ArpPacket.Gratuitous(link.Mac, address).Write(bytes);
            for (int i = 0; i < action.Repeat; i++)
            {
                link.Send(new Frame.Arp(link.Mac, MacAddress.Broadcast, bytes));
            }
        }
    }
}
