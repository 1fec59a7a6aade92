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
    };

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
        Addresses = [.. Addresses.Select(text => new VirtualAddress(IpPrefix.Host(Node.Address(text))))],
    };
}
