using Pointsman.Base;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;
using Pointsman.Wire;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>One way for two directors to speak: as keepalived's file says it, and as our settings do.</summary>
/// <param name="Theirs">Lines of the instance in keepalived.conf, for the node at number 2.</param>
/// <param name="Addresses">The virtual addresses; the last one is looked for.</param>
/// <param name="Ours">The same for our node, at number 1.</param>
internal sealed record Way(string Theirs, string[] Addresses, Func<VrrpInstanceSettings, VrrpInstanceSettings> Ours)
{
    private static readonly string[] s_addressesV6 = ["fe80::100", "2001:db8:9::100"];

    internal static Dictionary<string, Way> All { get; } = new()
    {
        ["v2 AH"] = new(
            "advert_int 1\nauthentication {\nauth_type AH\nauth_pass 1111\n}",
            [Network.Vip],
            instance => instance with { AdvertInterval = TimeSpan.FromSeconds(1), UsesAuthenticationHeader = true }),
        ["v3 IPv4"] = new("version 3\nadvert_int 0.1", [Network.Vip], Version3),
        ["v3 IPv6"] = new("advert_int 0.1", s_addressesV6, OverIpv6),
        ["v3 IPv4 unicast"] = new(
            "version 3\nadvert_int 0.1\nunicast_src_ip 10.9.0.2\nunicast_peer {\n10.9.0.1\n}",
            [Network.Vip],
            instance => Version3(instance) with { UnicastPeers = [new UnicastPeer(Node.Address("10.9.0.2"))] }),
        ["v3 IPv6 unicast"] = new(
            "advert_int 0.1\nunicast_src_ip 2001:db8:9::2\nunicast_peer {\n2001:db8:9::1\n}",
            s_addressesV6,
            instance => OverIpv6(instance) with { UnicastPeers = [new UnicastPeer(Node.Address("2001:db8:9::2"))] }),
        ["v2 PASS unicast"] = new(
            "advert_int 1\nauthentication {\nauth_type PASS\nauth_pass 1111\n}\nunicast_src_ip 10.9.0.2\nunicast_peer {\n10.9.0.1\n}",
            [Network.Vip],
            instance => instance with
            {
                AdvertInterval = TimeSpan.FromSeconds(1), UnicastPeers = [new UnicastPeer(Node.Address("10.9.0.2"))],
            }),
        ["v3 IPv4 VMAC"] = new("version 3\nadvert_int 0.1\nuse_vmac", [Network.Vip], Version3) { Mac = VirtualMac(IpFamily.V4) },
        ["v3 IPv6 VMAC"] = new("advert_int 0.1\nuse_vmac", s_addressesV6, OverIpv6) { Mac = VirtualMac(IpFamily.V6) },
        ["v2 PASS VMAC, adverts from the base"] = new(
            "advert_int 1\nauthentication {\nauth_type PASS\nauth_pass 1111\n}\nuse_vmac\nvmac_xmit_base",
            [Network.Vip],
            instance => instance with { AdvertInterval = TimeSpan.FromSeconds(1) })
        { Mac = VirtualMac(IpFamily.V4) with { SendsAdverts = false } },

        // keepalived with vmac_xmit_base is deaf to adverts from the virtual MAC address; the other way round both hear.
        ["v3 IPv4 VMAC, theirs from the VMAC, ours from the base"] = new(
            "version 3\nadvert_int 0.1\nuse_vmac", [Network.Vip], Version3)
        { Mac = VirtualMac(IpFamily.V4) with { SendsAdverts = false } },
        ["v3 IPv4, theirs with a VMAC, ours without"] = new("version 3\nadvert_int 0.1\nuse_vmac", [Network.Vip], Version3),
        ["v3 IPv4, ours with a VMAC, theirs without"] = new("version 3\nadvert_int 0.1", [Network.Vip], Version3)
        { Mac = VirtualMac(IpFamily.V4) },
    };

    /// <summary>Ours; null: adverts and addresses have the network card's MAC address.</summary>
    internal VirtualMac? Mac { get; init; }

    /// <summary>The address whose place says who is master.</summary>
    internal string Vip => Addresses[^1];

    internal static VrrpInstanceSettings Version3(VrrpInstanceSettings instance) => instance with
    {
        Version = 3,
        AuthPass = null,
        AdvertInterval = TimeSpan.FromMilliseconds(100),
        ChecksumForm = VrrpChecksumForm.PseudoHeader,
    };

    internal static VrrpInstanceSettings OverIpv6(VrrpInstanceSettings instance) => Version3(instance) with
    {
        Family = IpFamily.V6, VirtualAddresses = [.. s_addressesV6.Select(Node.Address)],
    };

    internal Node MakeOurs(string machine, byte priority)
    {
        var node = new Node(machine, priority);
        node.Change(Ours);
        node.Settings = node.Settings with { Bindings = [Binding(node.Settings.Bindings[0])] };
        return node;
    }

    internal Keepalived MakeTheirs(string machine, int priority) =>
        new(machine, Keepalived.Instance("VI_1", 51, priority, Theirs, Addresses));

    internal InstanceBinding Binding(InstanceBinding former) => former with
    {
        Addresses = [.. Addresses.Select(text => new VirtualAddress(IpPrefix.Host(Node.Address(text)), Mac?.Name))],
        VirtualMacs = Mac is null ? [] : [Mac],
    };

    internal static VirtualMac VirtualMac(IpFamily family) =>
        new("vrrp.51", "eth0", MacAddress.VirtualRouter(family, 51))
        {
            SendsAdverts = true, CarriesIpv4 = family == IpFamily.V4, CarriesIpv6 = family == IpFamily.V6,
        };
}
