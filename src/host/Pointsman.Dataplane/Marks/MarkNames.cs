using Pointsman.Base;
using Pointsman.Base.Routing;

namespace Pointsman.Dataplane.Marks;

/// <summary>What is called how where marked packets go to the data path: two interfaces, and for each mark a table and a next hop.</summary>
internal static class MarkNames
{
    /// <summary>What is routed there comes in by <see cref="Far"/>.</summary>
    internal const string Near = "pmm0";

    internal const string Far = "pmm1";

    /// <summary>A next hop of 240.0.0.0/4 stands for each; that network is nobody's (RFC 1112 §4).</summary>
    internal const uint Highest = (1 << 28) - 1;

    // Before all that anybody has, but behind nothing: an operator's rules stay where they are to each other and to `local`.
    internal const uint ArrivedPreference = 1;
    internal const uint RefusedPreference = 2;
    internal const uint MarkedPreference = 3;
    internal const uint LocalPreference = 4;

    internal const uint LocalTable = 255;

    private const uint FirstTable = 0x504d0000;
    private const uint FirstHopV4 = 0xf0000000;
    private const byte KernelProtocol = 2;

    /// <summary>Its last four bytes are the mark; that of <see cref="Far"/> has none (bpf/mark.h).</summary>
    internal static MacAddress Mac(uint mark) =>
        MacAddress.FromBytes([0x02, 0x50, (byte)(mark >> 24), (byte)(mark >> 16), (byte)(mark >> 8), (byte)mark]);

    internal static MacAddress NearMac => MacAddress.FromBytes([0x02, 0x51, 0, 0, 0, 0]);

    internal static IpAddress NextHop(uint mark, IpFamily family) => family == IpFamily.V4
        ? IpAddress.FromV4Bits(FirstHopV4 | mark)
        : IpAddress.FromV6Bits(((UInt128)0xfe80 << 112) | (0x504dul << 32) | mark);

    internal static IpRoute Route(uint mark, IpFamily family) => new()
    {
        Family = family,
        Target = new IpPrefix(family == IpFamily.V4 ? IpAddress.FromV4Bits(0) : IpAddress.FromV6Bits(0), 0),
        Via = NextHop(mark, family),
        Device = Near,
        OnLink = true,
        Table = FirstTable + mark,
        Place = IpRoutePlace.Alone,
    };

    /// <summary>What asks for the mark's route.</summary>
    internal static IpRule Marked(uint mark, IpFamily family) =>
        new() { Family = family, Preference = MarkedPreference, Mark = mark, Table = FirstTable + mark };

    /// <summary>
    /// What comes out of the pair bears its mark still, and must not go round. What the data path lets pass is this node's, or nobody's;
    /// what it tells clients is routed as if it had no mark.
    /// </summary>
    internal static IpRule[] Arrived(IpFamily family) =>
    [
        new() { Family = family, Preference = ArrivedPreference, Incoming = Far, Table = LocalTable },
        new() { Family = family, Preference = RefusedPreference, Incoming = Far, Action = IpRuleAction.Unreachable },
        new() { Family = family, Preference = RefusedPreference, Incoming = Near, Action = IpRuleAction.Goto, Goto = LocalPreference },
    ];

    /// <summary>
    /// With <c>rp_filter</c> 2 the kernel drops whatever comes in by an interface without an address. This one stands for no mark, and is
    /// no source of packets.
    /// </summary>
    internal static IpAddress OwnAddress => IpAddress.FromV4Bits(FirstHopV4);

    /// <summary>The rule by which a host finds its own addresses; the kernel has it at 0, before which none can stand.</summary>
    internal static IpRule Local(IpFamily family, bool isMoved) => new()
    {
        Family = family,
        Preference = isMoved ? LocalPreference : 0,
        Table = LocalTable,
        Protocol = KernelProtocol,
    };
}
