using Pointsman.Base;

namespace Pointsman.Linux.Network;

/// <summary>How a packet reached a packet socket.</summary>
/// <param name="SourceMac">All zero when the link has no 48-bit addresses.</param>
public readonly record struct PacketOrigin(int InterfaceIndex, MacAddress SourceMac, PacketKind Kind);
