using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Vrrp.Rivals;

/* Two masters are noticed by what is heard besides good adverts: adverts that are rejected, adverts for another router id
   with our addresses, a lower master that goes on though we answer it, and ARP or neighbour advertisements of somebody who answers for an address of
   ours. Each is a sighting with a cause. One sighting stands at a time; it is told when it changes and when it is gone, and
   what recurs only keeps it fresh - without allocating, for a wrong peer speaks for ever.

   Nothing that adverts say moves the state: only who answers for an address does, and only where the policy asks for it. */

/// <summary>What an instance knows of another master that does not take part in its election.</summary>
internal sealed class RivalWatch
{
    // A line in the log for each change, but never more than this, whatever strangers send.
    private static readonly TimeSpan ShortestEpisode = TimeSpan.FromSeconds(1);

    // After two questions of a master without an answer, and four adverts that did not come, a rival is gone.
    private const int QuestionsUnanswered = 2;
    private const int AdvertsMissed = 4;

    // A held takeover is tried again this much later, or after an advert interval if that is longer.
    private static readonly TimeSpan HoldTime = TimeSpan.FromMilliseconds(250);

    // Who is to give way looks once more when its time is out: another may have stood up since it asked.
    private static readonly TimeSpan SecondLook = TimeSpan.FromMilliseconds(100);

    // Two that gave way to each other must not stand up together again: the lower the rank, the longer the wait.
    private static readonly TimeSpan WaitForRank = TimeSpan.FromMilliseconds(10);

    private readonly VrrpInstance _instance;
    private readonly RivalProbing _probing;
    private readonly LowerMaster _lower;

    private Instant _seenAt;
    private ulong _fingerprint;
    private Instant? _claimedAt;
    private IpAddress _claimed;
    private MacAddress _claimant;
    private IpAddress _peer;
    private MacAddress _peerMac;
    private bool _lookedTwice;
    private int _yieldCount;

    public RivalWatch(VrrpInstance instance)
    {
        _instance = instance;
        _probing = new RivalProbing(instance);
        _lower = new LowerMaster(instance);
    }

    /// <summary>The other master that is seen now, or null.</summary>
    public RivalSighting? Sighting { get; private set; }

    public Instant? Deadline => Sighting is null ? _probing.Deadline : Instant.Earlier(_probing.Deadline, _seenAt + Memory);

    private TimeSpan Memory
    {
        get
        {
            TimeSpan adverts = AdvertsMissed * _instance.MasterAdvertInterval;
            TimeSpan questions = (QuestionsUnanswered * _instance.Settings.RivalProbeInterval) + ShortestEpisode;
            return adverts > questions ? adverts : questions;
        }
    }

    private VrrpInstanceSettings Settings => _instance.Settings;

    private bool IsOff => Settings.RivalProbeInterval == TimeSpan.Zero;

    // ---- inputs

    /// <summary>What is known of another master goes on.</summary>
    public void Continue(Instant now, RivalWatch former)
    {
        Sighting = IsOff ? null : former.Sighting;
        (_seenAt, _fingerprint) = (former._seenAt, former._fingerprint);
        (_claimedAt, _claimed, _claimant) = (former._claimedAt, former._claimed, former._claimant);
        (_peer, _peerMac) = (former._peer, former._peerMac);
        (_lookedTwice, _yieldCount) = (former._lookedTwice, former._yieldCount);
        _lower.Continue(former._lower);
        if (!_probing.Continue(former._probing))
        {
            BeginProbing(now);
        }
    }

    /// <summary>After each change of state.</summary>
    public void OnState(Instant now, List<VrrpAction> actions)
    {
        _claimedAt = null;
        _lookedTwice = false;
        _lower.Forget();
        BeginProbing(now);
        if (_instance.State == VrrpState.Master)
        {
            TellAgain(actions);
        }
    }

    private void BeginProbing(Instant now)
    {
        switch (_instance.State)
        {
            case VrrpState.Master:
                _probing.BeginMastership(now);
                break;
            case VrrpState.Backup:
                _probing.BeginWatch(now);
                break;
            case VrrpState.Initialize:
            case VrrpState.Fault:
            case VrrpState.Leaving:
            default:
                _probing.Stop();
                break;
        }
    }

    /// <summary>An advert passed all checks; before the state machine hears it.</summary>
    public void OnHeard(Instant now, in ReceivedAdvert packet, in VrrpAdvert advert, bool listsDiffer, List<VrrpAction> actions)
    {
        if (IsOff)
        {
            return;
        }

        (_peer, _peerMac) = (packet.Source, packet.SourceMac);
        if (Sighting is { Cause: RivalCause.Rejected } refused && refused.Address == packet.Source)
        {
            Clear(actions);
        }

        var glimpse = new AdvertGlimpse(packet.Bytes, packet.Source.Family);
        if (listsDiffer && glimpse.AddressCount > 0 && !SharesAddress(glimpse))
        {
            See(now, RivalCause.ForeignCluster, default, packet, glimpse, actions);
        }

        bool isLower = advert.Priority != 0 && _lower.Hears(now, packet.Source, advert.Priority);
        if (_lower.GoesOn(now))
        {
            See(now, listsDiffer ? RivalCause.AddressList : RivalCause.Unheard, default, packet, glimpse, actions);
        }
        else if (!isLower && Sighting?.Cause is RivalCause.NothingHeard or RivalCause.Unexplained or RivalCause.Unheard)
        {
            Clear(actions);
        }

        if (_instance.State == VrrpState.Backup)
        {
            _yieldCount = 0;
            _lookedTwice = false;
            _probing.BeginWatch(now);
        }
    }

    /// <summary>The master we follow says that it leaves: who answers for its addresses until then is no rival.</summary>
    public void OnFarewell() => _probing.Stop();

    public void OnRejected(Instant now, in ReceivedAdvert packet, VrrpDiscardReason reason, List<VrrpAction> actions)
    {
        var glimpse = new AdvertGlimpse(packet.Bytes, packet.Source.Family);
        if (IsOff || glimpse is { HasHeader: true, Priority: 0 })
        {
            return;      // who leaves is no rival
        }

        bool isForeign = IsLegible(reason) && glimpse.AddressCount > 0 && !SharesAddress(glimpse);
        See(now, isForeign ? RivalCause.ForeignCluster : RivalCause.Rejected, reason, packet, glimpse, actions);
        _probing.Hasten(now);
    }

    /// <summary>An advert for a router id no instance has on this interface.</summary>
    public void OnOtherRouterId(Instant now, in ReceivedAdvert packet, List<VrrpAction> actions)
    {
        var glimpse = new AdvertGlimpse(packet.Bytes, packet.Source.Family);
        if (!IsOff && glimpse.Priority != 0 && packet.Source.Family == Settings.Family && SharesAddress(glimpse))
        {
            See(now, RivalCause.RouterId, VrrpDiscardReason.VirtualRouterId, packet, glimpse, actions);
            _probing.Hasten(now);
        }
    }

    /// <summary>Somebody who is not this node said, by ARP or neighbour advertisement, that an address is his.</summary>
    public void OnClaim(Instant now, IpAddress address, MacAddress mac, List<VrrpAction> actions)
    {
        if (IsOff)
        {
            return;
        }

        if (address == _peer && mac == _peerMac && _probing.AskedAt is { } asked && _instance.State == VrrpState.Backup)
        {
            _instance.Reports.AddNowAndThen(
                now,
                new VrrpEvent(VrrpEventKind.LastMasterAlive, _instance.Index) { Source = address, Duration = now - asked },
                actions);
        }

        if (!Settings.VirtualAddresses.Contains(address))
        {
            return;
        }

        // What the master we follow answers is its affair, until it is silent; a former one lets go within an interval of our
        // first word.
        bool isSettled = _instance.State == VrrpState.Master && now - _instance.StateSince > Settings.AdvertInterval;
        if (isSettled || (_instance.State == VrrpState.Backup && _probing.AskedAt is not null))
        {
            _instance.Counters.RivalClaims++;
            (_claimedAt, _claimed, _claimant) = (now, address, mac);
        }

        if (isSettled)
        {
            SeeClaim(now, actions);
            YieldIfToldTo(now, actions);
        }
    }

    public void OnDeadline(Instant now, List<VrrpAction> actions)
    {
        if (_probing.Deadline <= now)
        {
            Ask(now, actions);
        }

        if (Sighting is not null && now - _seenAt >= Memory)
        {
            Clear(actions);
        }
    }

    /// <summary>Whether the end of silence may make this instance master; otherwise it is asked again at its new time.</summary>
    public bool MayTakeOver(Instant now, List<VrrpAction> actions)
    {
        // No silence: a lower master is heard, perhaps one that speaks more seldom than we would, or one that leaves.
        if (_probing.AskedAt is null || _instance.HearsAnother(now))
        {
            return true;
        }

        bool isClaimed = _claimedAt is not null;
        if (isClaimed)
        {
            SeeClaim(now, actions);
        }

        if (Settings.RivalPolicy == RivalPolicy.Announce || (!isClaimed && _lookedTwice))
        {
            return true;
        }

        if (isClaimed)
        {
            _instance.Counters.TakeoversHeld++;
            _instance.Reports.AddNowAndThen(
                now,
                new VrrpEvent(VrrpEventKind.TakeoverHeld, _instance.Index) { Address = _claimed, Subject = $"{_claimant}" },
                actions);
        }

        TimeSpan later = Settings.AdvertInterval > HoldTime ? Settings.AdvertInterval : HoldTime;
        _lookedTwice = !isClaimed;
        _claimedAt = null;
        _probing.AskForAll(now, actions);
        _instance.Timer = now + (isClaimed ? later : SecondLook);
        return false;
    }

    // ---- leaves

    private void Ask(Instant now, List<VrrpAction> actions)
    {
        if (_instance.State == VrrpState.Master)
        {
            _probing.AskForNext(now, actions);
            return;
        }

        _claimedAt = null;
        _probing.AskForAll(now, actions);
        if (_peer != default && _peerMac != default)
        {
            actions.Add(VrrpAction.AskPeer(_instance.Index, _peer, _peerMac));
        }
    }

    private void SeeClaim(Instant now, List<VrrpAction> actions)
    {
        RivalCause cause = _instance.HearsAnother(now) ? RivalCause.Unexplained : RivalCause.NothingHeard;
        if (Sighting is { } known && known.Cause >= RivalCause.ForeignCluster && (known.Mac == _claimant || known.Mac == default))
        {
            Sighting = known.Claimed == default ? known with { Claimed = _claimed } : known;
            _seenAt = now;
        }
        else if (Sighting is null || Sighting.Cause < RivalCause.Unheard)
        {
            Take(
                now,
                new RivalSighting
                {
                    Cause = cause,
                    Address = _claimant == _peerMac ? _peer : default,
                    Mac = _claimant,
                    Claimed = _claimed,
                    Since = now,
                },
                fingerprint: _claimant.Bits,
                actions);
        }
    }

    // Where adverts are heard, the election decides; what answers beside it is told, and no more.
    private void YieldIfToldTo(Instant now, List<VrrpAction> actions)
    {
        if (Settings.RivalPolicy == RivalPolicy.Yield && !_instance.HearsAnother(now))
        {
            _yieldCount++;
            _instance.Counters.YieldedToRival++;
            _instance.YieldToRival(now, $"{_claimant}", _claimed, actions);
            _instance.Timer += _yieldCount * (256 - _instance.EffectivePriority) * WaitForRank;
        }
    }

    private void See(
        Instant now,
        RivalCause cause,
        VrrpDiscardReason reason,
        in ReceivedAdvert packet,
        in AdvertGlimpse glimpse,
        List<VrrpAction> actions)
    {
        ulong fingerprint = Fingerprint(reason, packet, glimpse);
        RivalSighting? known = Sighting;
        bool isSame = known is not null && known.Cause == cause && known.Discard == reason && known.Address == packet.Source;
        if (isSame && _fingerprint == fingerprint)
        {
            _seenAt = now;
            return;
        }

        // One rival is told of at a time; another's turn comes when it is gone, or at once if it explains more.
        if (known is not null && !isSame && known.Address != packet.Source && known.Cause >= cause
            || known is not null && now - known.Since < ShortestEpisode && known.Cause >= cause)
        {
            return;
        }

        (string theirs, string ours) = cause is RivalCause.ForeignCluster or RivalCause.AddressList
            ? RivalText.Lists(glimpse, Settings)
            : RivalText.Values(reason, packet, glimpse, _instance);
        Take(
            now,
            new RivalSighting
            {
                Cause = cause,
                Discard = reason,
                Address = packet.Source,
                Mac = packet.SourceMac,
                Claimed = packet.SourceMac != default && known?.Mac == packet.SourceMac ? known.Claimed : default,
                Theirs = theirs,
                Ours = ours,
                Since = now,
            },
            fingerprint,
            actions);
    }

    private void Take(Instant now, RivalSighting sighting, ulong fingerprint, List<VrrpAction> actions)
    {
        _seenAt = now;
        bool isTold = Sighting is { } known && _fingerprint == fingerprint && known.Cause == sighting.Cause
            && known.Mac == sighting.Mac && known.Discard == sighting.Discard;
        if (isTold)
        {
            return;
        }

        Sighting = sighting;
        _fingerprint = fingerprint;
        _instance.Counters.RivalsSeen++;
        Tell(sighting, actions);
    }

    // Known as backup, it is a split brain as soon as we are master as well.
    private void TellAgain(List<VrrpAction> actions)
    {
        if (Sighting is { Cause: not RivalCause.ForeignCluster } known)
        {
            Tell(known, actions);
        }
    }

    private void Tell(RivalSighting sighting, List<VrrpAction> actions) => _instance.Reports.Add(
        new VrrpEvent(VrrpEventKind.RivalSeen, _instance.Index)
        {
            Source = sighting.Address, Subject = sighting.Text, To = _instance.State,
        },
        actions);

    private void Clear(List<VrrpAction> actions)
    {
        if (Sighting is { } gone)
        {
            Sighting = null;
            _instance.Reports.Add(
                new VrrpEvent(VrrpEventKind.RivalGone, _instance.Index) { Source = gone.Address, Subject = RivalText.Who(gone) },
                actions);
        }
    }

    // Whether the addresses of a packet that was rejected for this can be believed to be what was sent.
    private static bool IsLegible(VrrpDiscardReason reason) => reason is VrrpDiscardReason.Version
        or VrrpDiscardReason.AuthType or VrrpDiscardReason.AuthTypeMismatch or VrrpDiscardReason.AuthFailure
        or VrrpDiscardReason.AdvertInterval;

    private bool SharesAddress(in AdvertGlimpse glimpse)
    {
        for (int i = 0; i < glimpse.AddressCount; i++)
        {
            if (Settings.VirtualAddresses.Contains(glimpse.AddressAt(i)))
            {
                return true;
            }
        }

        return false;
    }

    // FNV-1a over the values that are told: equal packets tell nothing new.
    private static ulong Fingerprint(VrrpDiscardReason reason, in ReceivedAdvert packet, in AdvertGlimpse glimpse)
    {
        ulong hash = 0xcbf2_9ce4_8422_2325;
        void Mix(ulong value) => hash = (hash ^ value) * 0x100_0000_01b3;
        Mix(packet.SourceMac.Bits);
        if (reason is VrrpDiscardReason.Checksum or VrrpDiscardReason.Length or VrrpDiscardReason.TooShort)
        {
            return hash;      // damage differs from packet to packet
        }

        Mix((ulong)glimpse.Version);
        Mix(glimpse.VirtualRouterId);
        Mix((ulong)glimpse.Interval.Ticks);
        Mix(glimpse.AuthType);
        Mix(packet.TimeToLive);
        foreach (byte letter in glimpse.AuthData)
        {
            Mix(letter);
        }

        foreach (byte letter in glimpse.AddressBytes)
        {
            Mix(letter);
        }

        return hash;
    }
}
