using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>A network interface as the kernel has it.</summary>
/// <param name="Mac">Null when the interface has no 48-bit address.</param>
/// <param name="IsUp">The operator switched it on.</param>
/// <param name="IsRunning">The link carries: cable, peer and driver are there.</param>
/// <param name="UsesArp">False for interfaces without address resolution (tunnels, loopback counts as using none).</param>
public sealed record NetworkLink(
    int Index, string Name, MacAddress? Mac, bool IsUp, bool IsRunning, int Mtu, bool IsLoopback, bool UsesArp)
{
    /// <summary>The kind of a link that is made by software (<c>macvlan</c>, <c>bridge</c>); empty for hardware.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The interface it stands on; zero: none.</summary>
    public int ParentIndex { get; init; }

    /// <summary>Of a VLAN's interface (IEEE 802.1Q): what its frames carry on the interface below.</summary>
    public VlanTag? Vlan { get; init; }

    /// <summary>Packets can leave by it.</summary>
    public bool IsUsable => IsUp && IsRunning;
}
