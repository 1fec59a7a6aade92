using Pointsman.Base;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// Every director heard so far. The data path knows one by the MAC address it forwards from, its network card's; one that
/// speaks from a virtual MAC address is asked by ARP for that, again and again, for cards are exchanged.
/// </summary>
internal sealed class KnownDirectors(LinkTable links, IOwnershipLeases leases)
{
    // Soon again while an answer is missing, but not for ever: the director may have left.
    private const int HastyQuestions = 20;

    private static readonly TimeSpan HastyInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    private readonly List<HandOverNote.KnownPeer> _known = [];
    private readonly List<HandOverNote.KnownPeer> _behindVirtualMac = [];
    private int _hasty;

    /// <summary>As they are to be remembered by the next role.</summary>
    internal IEnumerable<HandOverNote.KnownPeer> All => _known.Concat(_behindVirtualMac);

    /// <summary>When <see cref="TakeQuestions"/> is to be called; null: nobody is to be asked.</summary>
    internal Instant? Deadline { get; private set; }

    internal void Continue(KnownDirectors former)
    {
        _known.AddRange(former._known);
        _behindVirtualMac.AddRange(former._behindVirtualMac);
        (_hasty, Deadline) = (former._hasty, former.Deadline);
    }

    internal void Remember(HandOverNote.KnownPeer director, Instant now)
    {
        if (!links.IsVirtual(director.Mac))
        {
            _known.RemoveAll(known => known.Instance == director.Instance && known.Address == director.Address);
            Learn(director);
        }
        else if (director.Address.IsV4 && !_behindVirtualMac.Contains(director))
        {
            _behindVirtualMac.Add(director);
            _hasty = HastyQuestions;
            Deadline = now;
        }
    }

    /// <summary>Somebody has said which MAC address an address is at.</summary>
    internal void OnClaim(IpAddress address, MacAddress mac)
    {
        foreach (HandOverNote.KnownPeer director in _behindVirtualMac)
        {
            if (director.Address == address && !links.IsVirtual(mac) && !_known.Contains(director with { Mac = mac }))
            {
                Learn(director with { Mac = mac });
                return;
            }
        }
    }

    /// <summary>Those to be asked now.</summary>
    internal IReadOnlyList<HandOverNote.KnownPeer> TakeQuestions(Instant now)
    {
        if (!(Deadline <= now))
        {
            return [];
        }

        bool isHasty = _hasty > 0 && _behindVirtualMac.Exists(hidden => !_known.Exists(known => known.Address == hidden.Address));
        _hasty = isHasty ? _hasty - 1 : 0;
        Deadline = now + (isHasty ? HastyInterval : Interval);
        return _behindVirtualMac;
    }

    private void Learn(HandOverNote.KnownPeer director)
    {
        _known.Add(director);
        leases.LearnPeer(director.Address, director.Mac);
    }
}
