using System.Net.Sockets;
using System.Text;

namespace Pointsman.Control.Tests;

/// <summary>A client that sends any bytes, request or not.</summary>
internal sealed class RawClient(string socketPath)
{
    /// <summary>How long to wait for an answer on a busy machine.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    internal Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            ReceiveTimeout = (int)Limit.TotalMilliseconds,
        };
        socket.Connect(new UnixDomainSocketEndPoint(socketPath));
        return socket;
    }

    /// <summary>Sends and takes the answer; the sending side stays open.</summary>
    internal string Talk(ReadOnlySpan<byte> bytes) => Talk(bytes, shutdown: false);

    /// <summary>Sends, closes the sending side, and takes the answer.</summary>
    internal string TalkAndClose(ReadOnlySpan<byte> bytes) => Talk(bytes, shutdown: true);

    internal static string ReadAll(Socket socket)
    {
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (socket.Receive(buffer) is int received and > 0)
            {
                answer.Append(Encoding.UTF8.GetString(buffer, 0, received));
            }
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            // The answer was sent before the server hung up over bytes it did not want.
        }

        return answer.ToString();
    }

    private string Talk(ReadOnlySpan<byte> bytes, bool shutdown)
    {
        using Socket socket = Connect();
        try
        {
            socket.Send(bytes);
            if (shutdown)
            {
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (SocketException)
        {
            // A busy server answers and hangs up before it has read: its answer is still there.
        }

        return ReadAll(socket);
    }
}
