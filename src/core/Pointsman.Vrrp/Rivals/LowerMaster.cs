using Pointsman.Base;

namespace Pointsman.Vrrp.Rivals;

/// <summary>
/// A lower master a master hears. It answers at once (RFC 3768 §6.4.3 as keepalived reads it), and the other yields; one
/// that goes on for two more intervals has not heard the answers, or does not take them.
/// </summary>
internal sealed class LowerMaster(VrrpInstance instance)
{
    private const int IntervalsToYield = 2;
    private const int IntervalsOfSilence = 3;

    private IpAddress _address;
    private Instant _since;
    private Instant _lastAt;

    public void Continue(LowerMaster former) =>
        (_address, _since, _lastAt) = (former._address, former._since, former._lastAt);

    public void Forget() => _address = default;

    /// <returns>True when the advert is one of a lower master.</returns>
    public bool Hears(Instant now, IpAddress source, byte priority)
    {
        byte ours = instance.EffectivePriority;
        if (instance.State != VrrpState.Master || priority > ours || (priority == ours && source > instance.SourceAddress))
        {
            return false;
        }

        if (_address != source || now - _lastAt > IntervalsOfSilence * instance.Settings.AdvertInterval)
        {
            (_address, _since) = (source, now);
        }

        _lastAt = now;
        return true;
    }

    public bool GoesOn(Instant now) =>
        _address != default && _lastAt == now && now - _since >= IntervalsToYield * instance.Settings.AdvertInterval;
}
