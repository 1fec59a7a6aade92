using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>An address on an interface.</summary>
public sealed record InterfaceAddress(int InterfaceIndex, IpPrefix Prefix)
{
    public AddressScope Scope { get; init; } = AddressScope.Global;

    /// <summary>IPv4 only (<c>eth0:1</c>, at most 15 characters); null or the interface's own name: none.</summary>
    public string? Label { get; init; }

    /// <summary>IPv4: null: none.</summary>
    public IpAddress? Broadcast { get; init; }

    /// <summary>The other end of a point-to-point link, whose network the prefix's length is then about; null: none.</summary>
    public IpAddress? Peer { get; init; }

    /// <summary>A virtual address must serve at once: its owner was elected, so duplicate detection has nothing to add.</summary>
    public AddressTraits Traits { get; init; } = AddressTraits.NoDuplicateDetection;

    /// <summary>How long it may be a source of new connections; null: for ever.</summary>
    public uint? PreferredLifetimeSeconds { get; init; }

    /// <summary>IPv6: never chosen as a source address (a preferred lifetime of zero).</summary>
    public bool IsDeprecated { get; init; }

    /// <summary>IPv6: the kernel still asks whether somebody else has it (RFC 4862 §5.4); nothing is sent from it yet.</summary>
    public bool IsTentative { get; init; }
}
