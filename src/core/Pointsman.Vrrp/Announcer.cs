using Pointsman.Base;

namespace Pointsman.Vrrp;

/// <summary>When a master's addresses are announced: at once, and once more after a delay.</summary>
internal sealed class Announcer(int instance, VrrpInstanceSettings settings)
{
    private Instant? _secondAt;

    public Instant? Deadline => _secondAt;

    /// <summary>Announces now and once more after the delay.</summary>
    public void AnnounceInBatches(Instant now, List<VrrpAction> actions)
    {
        Announce(actions);
        _secondAt = settings.GarpMasterDelay > TimeSpan.Zero ? now + settings.GarpMasterDelay : null;
    }

    public void OnDeadline(Instant now, List<VrrpAction> actions)
    {
        if (_secondAt <= now)
        {
            _secondAt = null;
            Announce(actions);
        }
    }

    public void Stop() => _secondAt = null;

    private void Announce(List<VrrpAction> actions)
    {
        foreach (IpAddress address in settings.VirtualAddresses)
        {
            actions.Add(VrrpAction.Report(new VrrpEvent(VrrpEventKind.Announcing, instance) { Address = address }));
        }

        actions.Add(VrrpAction.AnnounceAddresses(instance, Math.Max(1, settings.GarpMasterRepeat)));
    }
}
