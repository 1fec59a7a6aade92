namespace Pointsman.Linux.Network;

/// <summary>A tag of IEEE 802.1Q.</summary>
/// <param name="EtherType">Which kind of tag: <see cref="Customer"/>, or 0x88a8 of a provider (802.1ad).</param>
/// <param name="Id">1 to 4094.</param>
public sealed record VlanTag(ushort EtherType, ushort Id)
{
    public const ushort Customer = 0x8100;
}
