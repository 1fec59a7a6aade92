namespace Pointsman.Linux.Network;

/// <summary>Whom a packet's link-layer address names, numbered as the kernel numbers it (PACKET_*).</summary>
public enum PacketKind : byte
{
    Host = 0,
    Broadcast = 1,
    Multicast = 2,
    OtherHost = 3,
    Outgoing = 4,
}
