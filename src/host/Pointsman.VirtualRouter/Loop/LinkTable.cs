using Pointsman.Base;
using Pointsman.Linux.Network;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>Every interface the settings name, and which of them an instance or an address is on.</summary>
internal sealed class LinkTable : IDisposable
{
    private readonly LinkPort[] _portOf;
    private readonly PlacedAddress[][] _addressesOf;
    private readonly HashSet<IpAddress> _virtualAddresses = [];

    internal LinkTable(VirtualRouterSettings settings)
    {
        var ports = new SortedDictionary<string, LinkPort>(StringComparer.Ordinal);
        LinkPort PortOf(string name, bool speaksVrrp)
        {
            if (!ports.TryGetValue(name, out LinkPort? port))
            {
                port = new LinkPort(name, speaksVrrp);
                ports.Add(name, port);
            }

            return port;
        }

        // First those with sockets, so that an interface that is tracked or carries an address too is one of them.
        _portOf = [.. settings.Router.Instances.Select(instance => PortOf(instance.Interface, speaksVrrp: true))];
        _addressesOf = new PlacedAddress[_portOf.Length][];
        for (int i = 0; i < _portOf.Length; i++)
        {
            VrrpInstanceSettings instance = settings.Router.Instances[i];
            _virtualAddresses.UnionWith(instance.VirtualAddresses);
            _addressesOf[i] = i < settings.Bindings.Length
                ? [.. settings.Bindings[i].Addresses.Select(
                    address => new PlacedAddress(address, PortOf(address.Device ?? instance.Interface, speaksVrrp: false)))]
                : [];
            _virtualAddresses.UnionWith(_addressesOf[i].Select(placed => placed.Address.Prefix.Address));
            foreach (VrrpTrack track in instance.TrackInterfaces)
            {
                PortOf(track.Name, speaksVrrp: false);
            }
        }

        Ports = [.. ports.Values];
    }

    internal LinkPort[] Ports { get; }

    /// <summary>Where an instance speaks and listens.</summary>
    internal LinkPort PortOf(int instance) => _portOf[instance];

    /// <summary>The addresses an instance holds as master, with their interfaces.</summary>
    internal PlacedAddress[] AddressesOf(int instance) => _addressesOf[instance];

    /// <summary>The address adverts are sent from: the interface's first that is no virtual one.</summary>
    /// <param name="isOwner">The owner of a virtual address has it of its own, and may have no other.</param>
    /// <returns>Default when there is none.</returns>
    internal IpAddress SourceAddressOf(int instance, bool isOwner)
    {
        IpAddress fallback = default;
        foreach (InterfaceAddress present in _portOf[instance].Addresses)
        {
            IpAddress address = present.Prefix.Address;
            if (!address.IsV4 || present.Scope == AddressScope.Host)
            {
                continue;
            }

            if (!_virtualAddresses.Contains(address))
            {
                return address;
            }

            fallback = isOwner && !fallback.IsV4 ? address : fallback;
        }

        return fallback;
    }

    /// <summary>Whether a change the kernel told of is about one of these interfaces.</summary>
    internal static bool Concerns(LinkPort port, NetworkEvent change) => change switch
    {
        NetworkEvent.LinkChanged changed => changed.Link.Name == port.Name || changed.Link.Index == port.Index,
        NetworkEvent.LinkRemoved removed => removed.Name == port.Name || removed.InterfaceIndex == port.Index,
        NetworkEvent.AddressAdded added => added.Address.InterfaceIndex == port.Index,
        NetworkEvent.AddressRemoved removed => removed.Address.InterfaceIndex == port.Index,
        NetworkEvent.Resync => true,
        _ => false,
    };

    public void Dispose()
    {
        foreach (LinkPort port in Ports)
        {
            port.Dispose();
        }
    }

    internal readonly record struct PlacedAddress(VirtualAddress Address, LinkPort Port);
}
