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
    public void Run(VrrpRouter router, Instant now, List<VrrpAction> actions)
    {
        for (int i = 0; i < actions.Count; i++)
        {
            VrrpAction action = actions[i];
            int errno = Try(router, action);
            if (errno != 0)
            {
                node.Log($"{action.Kind} fails with {errno}");
                router.OnActionFailed(now, action, errno, actions);
            }
        }

        actions.Clear();
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
            case VrrpActionKind.AddAddresses: return node.TrySetAddresses(instance, present: true) ? 0 : NotPermitted;
            case VrrpActionKind.RemoveAddresses: return node.TrySetAddresses(instance, present: false) ? 0 : NotPermitted;
            case VrrpActionKind.AnnounceAddresses: Announce(router, action); return 0;
            case VrrpActionKind.Arm:
            case VrrpActionKind.RenewLease:
                Instant now = node.Cluster.Clock.Now;
                node.DataPath.Arm(SimNode.SlotOf(instance), now + machine.LeaseTime, now + machine.ForwardingTime);
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
