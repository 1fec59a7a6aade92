using Pointsman.Base;
using Pointsman.Linux.Network;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>Every interface the settings name, and which of them an instance or an address is on.</summary>
internal sealed class LinkTable : IDisposable
{
    private readonly LinkPort[] _portOf;
    private readonly LinkPort[] _multicastPortOf;
    private readonly PlacedAddress[][] _addressesOf;
    private readonly HashSet<IpAddress> _virtualAddresses = [];
    private readonly HashSet<MacAddress> _virtualMacs;

    internal LinkTable(VirtualRouterSettings settings)
    {
        var ports = new SortedDictionary<string, LinkPort>(StringComparer.Ordinal);
        LinkPort PortOf(string name)
        {
            if (!ports.TryGetValue(name, out LinkPort? port))
            {
                port = new LinkPort(name) { IsPolled = settings.PolledInterfaces.Contains(name) };
                ports.Add(name, port);
            }

            return port;
        }

        _virtualMacs = [.. settings.Bindings.SelectMany(binding => binding.VirtualMacs).Select(mac => mac.Mac)];
        foreach (VirtualMac mac in settings.Bindings.SelectMany(binding => binding.VirtualMacs))
        {
            ports.TryAdd(mac.Name, new LinkPort(mac.Name, PortOf(mac.Parent)));
        }

        _portOf = [.. settings.Router.Instances.Select(instance => PortOf(instance.Interface))];
        _multicastPortOf = [.. _portOf];
        _addressesOf = new PlacedAddress[_portOf.Length][];
        for (int i = 0; i < _portOf.Length; i++)
        {
            VrrpInstanceSettings instance = settings.Router.Instances[i];
            PortSockets sockets = _portOf[i].Speak(instance.Family);
            if (!instance.IsUnicast)
            {
                sockets.Want(instance.Group);
            }

            foreach (VirtualMac own in VirtualMacsOf(settings, i).Where(_ => !instance.IsUnicast))
            {
                // The kernel gives what comes from the virtual MAC address itself, another master's adverts, to it alone.
                PortOf(own.Name).Speak(instance.Family).Want(instance.Group);
                _multicastPortOf[i] = own.SendsAdverts ? PortOf(own.Name) : _multicastPortOf[i];
            }

            _virtualAddresses.UnionWith(instance.VirtualAddresses);
            _addressesOf[i] = i < settings.Bindings.Length
                ? [.. settings.Bindings[i].Addresses.Select(
                    address => new PlacedAddress(address, PortOf(address.Device ?? instance.Interface)))]
                : [];
            _virtualAddresses.UnionWith(_addressesOf[i].Select(placed => placed.Address.Prefix.Address));
            foreach (VrrpTrack track in instance.TrackInterfaces)
            {
                PortOf(track.Name);
            }
        }

        Ports = [.. ports.Values];
    }

    internal LinkPort[] Ports { get; }

    /// <summary>Interfaces that stay keep their sockets.</summary>
    internal void TakeOver(LinkTable former)
    {
        foreach (LinkPort port in Ports)
        {
            LinkPort? same = Array.Find(
                former.Ports, other => other.Name == port.Name && other.Parent?.Name == port.Parent?.Name);
            if (same is not null)
            {
                port.TakeOver(same);
            }
        }
    }

    /// <summary>Where an instance speaks and listens.</summary>
    internal LinkPort PortOf(int instance) => _portOf[instance];

    /// <summary>It is a virtual router's, not a network card's.</summary>
    internal bool IsVirtual(MacAddress mac) => mac.IsVirtualRouter || _virtualMacs.Contains(mac);

    /// <summary>
    /// Where its adverts leave. To a group: by the interface with the virtual MAC address, if there is one that sends them;
    /// to unicast peers the routes lead, from the host's own address.
    /// </summary>
    internal LinkPort SendingPortOf(int instance, IpAddress target) =>
        target.IsMulticast ? _multicastPortOf[instance] : _portOf[instance];

    /// <summary>The addresses an instance holds as master, with their interfaces.</summary>
    internal PlacedAddress[] AddressesOf(int instance) => _addressesOf[instance];

    /// <summary>All addresses that instances hold on this interface as masters.</summary>
    internal IEnumerable<IpAddress> AddressesOn(LinkPort port) => _addressesOf
        .SelectMany(placed => placed).Where(placed => placed.Port == port).Select(placed => placed.Address.Prefix.Address).Distinct();

    /// <summary>
    /// The address adverts are sent from: the one configured, or the interface's first that is no virtual one; over IPv6 a
    /// link-local one (RFC 9568 §5.1.2.1), or for unicast peers one that reaches as far as they are.
    /// </summary>
    /// <returns>Default when there is none.</returns>
    internal IpAddress SourceAddressOf(int instance, VrrpInstanceSettings settings)
    {
        LinkPort port = _portOf[instance];
        if (settings.AdvertSource is { } wanted)
        {
            return settings.TracksAdvertSource && !port.Has(wanted) ? default : wanted;
        }

        IpAddress fallback = default;
        foreach (InterfaceAddress present in port.Addresses)
        {
            IpAddress address = present.Prefix.Address;
            if (!CanBeSource(present, settings))
            {
                continue;
            }

            if (!_virtualAddresses.Contains(address))
            {
                return address;
            }

            // The owner of a virtual address has it of its own, and may have no other.
            fallback = settings.Priority == byte.MaxValue && fallback == default ? address : fallback;
        }

        return fallback;
    }

    // On the instance's own interface: others are there for single addresses.
    private static IEnumerable<VirtualMac> VirtualMacsOf(VirtualRouterSettings settings, int instance) =>
        instance >= settings.Bindings.Length
            ? []
            : settings.Bindings[instance].VirtualMacs
                .Where(mac => mac.Parent == settings.Router.Instances[instance].Interface);

    private static bool CanBeSource(InterfaceAddress present, VrrpInstanceSettings settings)
    {
        IpAddress address = present.Prefix.Address;
        if (address.Family != settings.Family || present.Scope == AddressScope.Host || present.IsTentative)
        {
            return false;
        }

        bool wantsLinkLocal = !settings.IsUnicast || settings.UnicastPeers[0].Address.IsLinkLocal;
        return address.IsV4 || address.IsLinkLocal == wantsLinkLocal;
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

    internal readonly record struct PlacedAddress(VirtualAddress Address, LinkPort Port)
    {
        /// <summary>The same address on the interface of the same name.</summary>
        internal bool IsSame(in PlacedAddress other) =>
            Address.Prefix == other.Address.Prefix && Port.Name == other.Port.Name;
    }
}
