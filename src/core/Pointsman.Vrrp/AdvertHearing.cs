using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Vrrp;

/// <summary>What comes before a heard advert counts: checks, counters, learning who speaks, comparing addresses.</summary>
internal sealed class AdvertHearing(VrrpInstance instance, OwnAdvert own)
{
    private readonly VrrpReceiver _receiver = new(instance.Settings, own);
    private readonly VrrpInstanceSettings _settings = instance.Settings;
    private PeerTable _peers = new();
    private Instant? _heardAt;

    public IReadOnlyList<VrrpPeer> Peers => _peers.Peers;

    /// <summary>The interval the last advert heard has told; in version 2, ours.</summary>
    public TimeSpan LastInterval { get; private set; } = instance.Settings.AdvertInterval;

    /// <summary>Whether another was heard so short a time ago.</summary>
    public bool HeardWithin(TimeSpan span, Instant now) => now - _heardAt < span;

    /// <summary>Who was heard, and when, goes on.</summary>
    public void Continue(AdvertHearing former)
    {
        _peers = former._peers;
        _heardAt = former._heardAt;
        LastInterval = _settings.Version == former._settings.Version && _settings.Version != 2
            ? former.LastInterval
            : _settings.AdvertInterval;
    }

    /// <returns>False when the packet is not to be heard.</returns>
    public bool TryHear(Instant now, in ReceivedAdvert packet, out VrrpAdvert advert, List<VrrpAction> actions)
    {
        VrrpDiscardReason reason = _receiver.Check(packet, instance.SourceAddress, out advert);
        if (reason != VrrpDiscardReason.None)
        {
            instance.Counters.Discard(reason);
            instance.Reports.AddNowAndThen(
                now,
                new VrrpEvent(VrrpEventKind.PacketDiscarded, instance.Index)
                {
                    Discard = reason, Source = packet.Source, Theirs = VrrpReceiver.Offending(reason, packet, advert),
                },
                actions);
            instance.Rivals.OnRejected(now, packet, reason, actions);
            return false;
        }

        instance.Counters.AdvertsReceived++;
        _heardAt = now;
        bool listsDiffer = CompareAddresses(now, packet.Source, advert, actions);
        CompareInterval(now, packet.Source, advert, actions);
        instance.Rivals.OnHeard(now, packet, advert, listsDiffer, actions);
        LearnPeer(now, packet, advert, actions);

        if (advert.Priority == 0)
        {
            instance.Counters.PriorityZeroReceived++;
        }

        return true;
    }

    private void LearnPeer(Instant now, in ReceivedAdvert packet, in VrrpAdvert advert, List<VrrpAction> actions)
    {
        var heard = new VrrpPeer(packet.Source, packet.SourceMac, advert.Priority, now, advert.ChecksumForm);
        VrrpPeer? before = _peers.Learn(heard);
        if (heard.Mac != default && before?.Mac != heard.Mac)
        {
            actions.Add(VrrpAction.LearnPeer(instance.Index, heard.Address, heard.Mac));
        }

        // Two readings of the RFC's checksum are on the wire. Both are good; that somebody uses the other one is worth a line.
        if (heard.ChecksumForm != instance.Settings.ChecksumForm && before?.ChecksumForm != heard.ChecksumForm)
        {
            instance.Reports.Add(
                new VrrpEvent(VrrpEventKind.ChecksumFormDiffers, instance.Index)
                {
                    Source = heard.Address, Theirs = (int)heard.ChecksumForm, Ours = (int)instance.Settings.ChecksumForm,
                },
                actions);
        }
    }

    // RFC 9568 §7.1: no reason to discard; worth a line, for the nodes are not set up alike.
    private void CompareInterval(Instant now, IpAddress source, in VrrpAdvert advert, List<VrrpAction> actions)
    {
        if (advert.Priority == 0 || advert.Version == 2)
        {
            return;
        }

        LastInterval = advert.AdvertInterval;
        if (advert.AdvertInterval != own.Interval)
        {
            instance.Counters.IntervalMismatches++;
            instance.Reports.AddNowAndThen(
                now,
                new VrrpEvent(VrrpEventKind.AdvertIntervalDiffers, instance.Index)
                {
                    Source = source, Duration = advert.AdvertInterval,
                },
                actions);
        }
    }

    // keepalived since 2.3.3: told, and heard nevertheless. Dropping such adverts made two masters during rolling edits.
    private bool CompareAddresses(Instant now, IpAddress source, in VrrpAdvert advert, List<VrrpAction> actions)
    {
        bool isSkipped = instance.Settings.SkipsAddressCheck && source == instance.MasterAddress;
        if (isSkipped || own.FindMismatch(advert) is not { } mismatch)
        {
            return false;
        }

        instance.Counters.AddressListMismatches++;
        instance.Reports.AddNowAndThen(now, mismatch with { Source = source }, actions);
        return true;
    }
}
