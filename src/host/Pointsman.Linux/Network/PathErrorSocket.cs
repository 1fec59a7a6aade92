namespace Pointsman.Linux.Network;

/// <summary>
/// Has the kernel heed the ICMP errors about packets that it has not sent itself, those of the data path: it lowers a route's MTU
/// (<see cref="RouteAnswer.Mtu"/>; RFC 1191, RFC 8201) only where somebody has a socket of the protocol that the error speaks of. No packet is heard.
/// </summary>
public sealed unsafe class PathErrorSocket : IDisposable
{
    private const int QuotedBytes = 256;

    /// <summary>Opens the socket in the network namespace of the calling thread.</summary>
    /// <param name="isV6">The errors are ICMPv6, of the family of the packets that they speak of.</param>
    /// <param name="protocol">Which stands in the header of those packets.</param>
    public PathErrorSocket(bool isV6, byte protocol)
    {
        Descriptor = LibCSocket.Open(
            isV6 ? LibCSocket.AF_INET6 : LibCSocket.AF_INET, LibCSocket.SOCK_RAW | LibCSocket.SOCK_NONBLOCK, protocol, $"socket(SOCK_RAW, {protocol})");
        SocketFilter.Attach(Descriptor, [new(SocketFilter.Return, 0, 0, 0)]);
        if (isV6)
        {
            LibCSocket.SetOption(Descriptor, LibCSocket.SOL_IPV6, LibCSocket.IPV6_RECVERR, 1, "IPV6_RECVERR");
        }
        else
        {
            LibCSocket.SetOption(Descriptor, LibCSocket.SOL_IP, LibCSocket.IP_RECVERR, 1, "IP_RECVERR");
        }
    }

    /// <summary>Ready when there was an error; by then the kernel has heeded it.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Lets go of all errors there are, so that the descriptor is ready at the next.</summary>
    public void Forget()
    {
        byte* quoted = stackalloc byte[QuotedBytes];
        while (LibCSocket.ReceiveFrom(Descriptor, quoted, QuotedBytes, LibCSocket.MSG_ERRQUEUE | LibCSocket.MSG_DONTWAIT, null, null) >= 0)
        {
        }
    }

    public void Dispose() => Descriptor.Dispose();
}
