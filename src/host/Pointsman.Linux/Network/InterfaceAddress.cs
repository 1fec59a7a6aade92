using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>An address on an interface.</summary>
public sealed record InterfaceAddress(int InterfaceIndex, IpPrefix Prefix)
{
    public AddressScope Scope { get; init; } = AddressScope.Global;

    /// <summary>IPv4 only (<c>eth0:1</c>, at most 15 characters); null or the interface's own name: none.</summary>
    public string? Label { get; init; }

    /// <summary>IPv6: never chosen as a source address (a preferred lifetime of zero).</summary>
    public bool IsDeprecated { get; init; }

    /// <summary>IPv6: the kernel still asks whether somebody else has it (RFC 4862 §5.4); nothing is sent from it yet.</summary>
    public bool IsTentative { get; init; }
}
