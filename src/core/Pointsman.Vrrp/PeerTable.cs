using Pointsman.Base;

namespace Pointsman.Vrrp;

/// <summary>The other directors an instance has heard. The longest known gives way when the table is full.</summary>
internal sealed class PeerTable
{
    // More directors than any site runs for one virtual router, and few enough to scan for each advert.
    private const int Capacity = 8;

    private readonly (IpAddress Address, MacAddress Mac)[] _peers = new (IpAddress, MacAddress)[Capacity];
    private int _next;

    /// <summary>True when this address with this MAC was not in the table.</summary>
    public bool Learn(IpAddress address, MacAddress mac)
    {
        for (int i = 0; i < Capacity; i++)
        {
            if (_peers[i].Address == address)
            {
                bool isNew = _peers[i].Mac != mac;
                _peers[i].Mac = mac;
                return isNew;
            }
        }

        _peers[_next] = (address, mac);
        _next = (_next + 1) % Capacity;
        return true;
    }
}
