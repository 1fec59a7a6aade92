namespace Pointsman.Linux.Network;

/// <summary>Sends whole Ethernet frames (address announcements) by any interface. It receives nothing.</summary>
public sealed unsafe class FrameSender : IDisposable
{
    private readonly FileDescriptor _socket = LibCSocket.Open(
        LibCSocket.AF_PACKET,
        LibCSocket.SOCK_RAW | LibCSocket.SOCK_NONBLOCK,
        0,
        "socket(AF_PACKET, SOCK_RAW)");

    /// <returns>False when the interface takes none now: <paramref name="errno"/> says why.</returns>
    public bool TrySend(int interfaceIndex, ReadOnlySpan<byte> frame, out int errno)
    {
        var address = new LibCSocket.LinkLayerAddress
        {
            Family = LibCSocket.AF_PACKET,
            InterfaceIndex = interfaceIndex,
        };
        nint count;
        fixed (byte* pointer = frame)
        {
            count = LibCSocket.SendTo(
                _socket,
                pointer,
                (nuint)frame.Length,
                LibCSocket.MSG_DONTWAIT,
                &address,
                (uint)sizeof(LibCSocket.LinkLayerAddress));
        }

        errno = count < 0 ? LibC.LastError : 0;
        return count >= 0;
    }

    public void Dispose() => _socket.Dispose();
}
