using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pointsman.Lab.Probing;

/// <summary>A real server of datagrams: sends back what comes, with this machine's name behind it, until it is ended.</summary>
internal static class DatagramEcho
{
    private const int QueueBytes = 4 << 20;

    internal static void Run(IPEndPoint at)
    {
        using Socket socket = new(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = QueueBytes };
        socket.Bind(at);
        byte[] name = Encoding.ASCII.GetBytes(Environment.MachineName);
        var buffer = new byte[DatagramStream.NumberBytes + name.Length];
        name.CopyTo(buffer, DatagramStream.NumberBytes);
        SocketAddress client = new(at.AddressFamily);
        while (true)
        {
            socket.ReceiveFrom(buffer.AsSpan(0, DatagramStream.NumberBytes), SocketFlags.None, client);
            socket.SendTo(buffer, SocketFlags.None, client);
        }
    }
}
