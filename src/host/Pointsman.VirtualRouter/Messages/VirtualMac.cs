using Pointsman.Base;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>
/// An interface of the role's own making (macvlan) that has a virtual router's MAC address: clients and switches need learn
/// nothing new when another node becomes master.
/// </summary>
/// <param name="Name">At most 15 characters.</param>
/// <param name="Parent">The interface it stands on.</param>
/// <param name="SendsAdverts">Multicast adverts leave by it; false: by <paramref name="Parent"/>.</param>
/// <param name="CarriesIpv4">IPv4 is spoken on it.</param>
/// <param name="CarriesIpv6">IPv6 is spoken on it.</param>
/// <param name="Group">The kernel's group of interfaces it is put in; null: the default one.</param>
public sealed record VirtualMac(
    string Name,
    string Parent,
    MacAddress Mac,
    bool SendsAdverts = false,
    bool CarriesIpv4 = true,
    bool CarriesIpv6 = false,
    uint? Group = null);
