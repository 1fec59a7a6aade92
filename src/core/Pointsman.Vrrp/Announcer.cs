using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Vrrp;

/// <summary>
/// When a master's addresses are announced: at once, once more after a delay, and again and again where that is asked
/// for; and in batches of their own after a lower master was heard.
/// </summary>
internal sealed class Announcer(int instance, VrrpInstanceSettings settings)
{
    private Instant? _secondAt;
    private Instant? _refreshAt;
    private int _secondRepeat;

    private TimeSpan GarpMasterRefresh => settings.GarpMasterRefresh;

    public Instant? Deadline => Instant.Earlier(_secondAt, _refreshAt);

    /// <summary>On becoming master: now, once more after the delay, and from then on at each refresh.</summary>
    public void Begin(Instant now, List<VrrpAction> actions)
    {
        AnnounceTwice(now, settings.GarpMasterRepeat, settings.GarpMasterDelay, actions);
        _refreshAt = settings.GarpMasterRefresh > TimeSpan.Zero ? now + settings.GarpMasterRefresh : null;
    }

    /// <summary>After a lower master was heard: it has turned the clients' ARP caches.</summary>
    public void WinBack(Instant now, List<VrrpAction> actions)
    {
        int repeat = settings.GarpLowerPriorityRepeat ?? settings.GarpMasterRepeat;
        if (repeat > 0)
        {
            AnnounceTwice(now, repeat, settings.GarpLowerPriorityDelay ?? settings.GarpMasterDelay, actions);
        }
    }

    public void OnDeadline(Instant now, List<VrrpAction> actions)
    {
        if (_secondAt <= now)
        {
            _secondAt = null;
            Announce(_secondRepeat, actions);
        }

        if (_refreshAt <= now)
        {
            _refreshAt = now + settings.GarpMasterRefresh;
            Announce(settings.GarpMasterRefreshRepeat, actions);
        }
    }

    /// <summary>What is due goes on; a refresh that is set otherwise begins anew.</summary>
    public void Continue(Instant now, Announcer former, bool isMaster)
    {
        (_secondAt, _secondRepeat) = (former._secondAt, former._secondRepeat);
        _refreshAt = settings.GarpMasterRefresh == former.GarpMasterRefresh ? former._refreshAt
            : isMaster && settings.GarpMasterRefresh > TimeSpan.Zero ? now + settings.GarpMasterRefresh
            : null;
    }

    /// <summary>Addresses have come while it is master: the host announces them now, and all are once more after the delay.</summary>
    public void AnnounceAdded(Instant now, ImmutableArray<IpAddress> before, List<VrrpAction> actions)
    {
        foreach (IpAddress address in settings.VirtualAddresses)
        {
            if (!before.Contains(address))
            {
                actions.Add(VrrpAction.Report(new VrrpEvent(VrrpEventKind.Announcing, instance) { Address = address }));
            }
        }

        _secondRepeat = settings.GarpMasterRepeat;
        _secondAt = settings.GarpMasterDelay > TimeSpan.Zero ? now + settings.GarpMasterDelay : _secondAt;
    }

    public void Stop() => _secondAt = _refreshAt = null;

    private void AnnounceTwice(Instant now, int repeat, TimeSpan delay, List<VrrpAction> actions)
    {
        Announce(repeat, actions);
        _secondRepeat = repeat;
        _secondAt = delay > TimeSpan.Zero ? now + delay : null;
    }

    private void Announce(int repeat, List<VrrpAction> actions)
    {
        foreach (IpAddress address in settings.VirtualAddresses)
        {
            actions.Add(VrrpAction.Report(new VrrpEvent(VrrpEventKind.Announcing, instance) { Address = address }));
        }

        actions.Add(VrrpAction.AnnounceAddresses(instance, Math.Max(1, repeat)));
    }
}
