using Pointsman.Base;
using Pointsman.Linux.Network;

namespace Pointsman.VirtualRouter.Messages;

/// <summary>A virtual address as it stands on the interface while this node is master.</summary>
/// <param name="Device">Null: the instance's interface.</param>
/// <param name="Label">IPv4 only; null: none.</param>
public sealed record VirtualAddress(IpPrefix Prefix, string? Device = null, string? Label = null)
{
    public AddressScope Scope { get; init; } = AddressScope.Global;

    /// <summary>IPv4; null: none.</summary>
    public IpAddress? Broadcast { get; init; }

    /// <summary>The other end of a point-to-point link; null: none.</summary>
    public IpAddress? Peer { get; init; }

    /// <summary>A virtual address must serve at once: its owner was elected, so duplicate detection has nothing to add.</summary>
    public AddressTraits Traits { get; init; } = AddressTraits.NoDuplicateDetection;

    /// <summary>How long it may be a source of the host's own connections, in seconds; null: as <see cref="Prefix"/> suggests.</summary>
    public uint? PreferredLifetimeSeconds { get; init; }

    /// <summary>Static ones: the group that is not whole without it; null: none.</summary>
    public string? Group { get; init; }

    /// <summary>Somebody who takes it away may do so.</summary>
    public bool IsUntracked { get; init; }

    /// <summary>The kernel has but one of both: how they are labelled or used is another matter.</summary>
    internal bool IsWhere(VirtualAddress other) => Prefix == other.Prefix && Peer == other.Peer && Device == other.Device;

    /// <summary>As the kernel is told of it.</summary>
    internal InterfaceAddress On(int interfaceIndex) => new(interfaceIndex, Prefix)
    {
        Label = Label,
        Scope = Scope,
        Broadcast = Broadcast,
        Peer = Peer,
        Traits = Traits,
        PreferredLifetimeSeconds = PreferredLifetimeSeconds,

        // keepalived: an address without a network of its own is no source of the host's own connections, nor of its questions to
        // neighbours.
        IsDeprecated = PreferredLifetimeSeconds is null && Prefix.Length == 128,
    };
}
