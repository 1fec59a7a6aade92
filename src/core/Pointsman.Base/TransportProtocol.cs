namespace Pointsman.Base;

/// <summary>A balanced transport protocol; the value is its IP protocol number.</summary>
public enum TransportProtocol : byte
{
    Tcp = 6,
    Udp = 17,
    Sctp = 132,
}
