using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Vrrp;

/// <summary>What comes before a heard advert counts: checks, counters, learning who speaks, comparing addresses.</summary>
internal sealed class AdvertHearing(VrrpInstance instance, OwnAdvert own)
{
    private readonly VrrpReceiver _receiver = new(instance.Settings, own);
    private readonly PeerTable _peers = new();
    private Instant? _heardAt;

    /// <summary>Whether another was heard so short a time ago.</summary>
    public bool HeardWithin(TimeSpan span, Instant now) => now - _heardAt < span;

    /// <returns>False when the packet is not to be heard.</returns>
    public bool TryHear(Instant now, in ReceivedAdvert packet, out VrrpAdvert advert, List<VrrpAction> actions)
    {
        VrrpDiscardReason reason = _receiver.Check(packet, instance.SourceAddress, out advert);
        if (reason != VrrpDiscardReason.None)
        {
            instance.Counters.Discard(reason);
            instance.Reports.AddNowAndThen(
                now,
                new VrrpEvent(VrrpEventKind.PacketDiscarded, instance.Index) { Discard = reason, Source = packet.Source },
                actions);
            return false;
        }

        instance.Counters.AdvertsReceived++;
        _heardAt = now;
        CompareAddresses(now, packet.Source, advert, actions);
        if (packet.SourceMac != default && _peers.Learn(packet.Source, packet.SourceMac))
        {
            actions.Add(VrrpAction.LearnPeer(instance.Index, packet.Source, packet.SourceMac));
        }

        if (advert.Priority == 0)
        {
            instance.Counters.PriorityZeroReceived++;
        }

        return true;
    }

    // keepalived since 2.3.3: told, and heard nevertheless. Dropping such adverts made two masters during rolling edits.
    private void CompareAddresses(Instant now, IpAddress source, in VrrpAdvert advert, List<VrrpAction> actions)
    {
        if (own.FindMismatch(advert) is { } mismatch)
        {
            instance.Counters.AddressListMismatches++;
            instance.Reports.AddNowAndThen(now, mismatch with { Source = source }, actions);
        }
    }
}
