using Pointsman.Base;

namespace Pointsman.Vrrp;

/// <summary>The other directors an instance has heard. The longest known gives way when the table is full.</summary>
internal sealed class PeerTable
{
    // More directors than any site runs for one virtual router, and few enough to scan for each advert.
    private const int Capacity = 8;

    private readonly List<VrrpPeer> _peers = new(Capacity);
    private int _next;

    public IReadOnlyList<VrrpPeer> Peers => _peers;

    /// <summary>What was known of this address before, or null.</summary>
    public VrrpPeer? Learn(in VrrpPeer heard)
    {
        for (int i = 0; i < _peers.Count; i++)
        {
            if (_peers[i].Address == heard.Address)
            {
                VrrpPeer before = _peers[i];
                _peers[i] = heard.Mac == default ? heard with { Mac = before.Mac } : heard;
                return before;
            }
        }

        if (_peers.Count < Capacity)
        {
            _peers.Add(heard);
        }
        else
        {
            _peers[_next] = heard;
            _next = (_next + 1) % Capacity;
        }

        return null;
    }
}
