using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Pointsman.Health;

namespace Pointsman.Probes;

/* RFC 792, echo

    0                   1                   2                   3
   |     Type      |     Code      |          Checksum             |
   |           Identifier          |        Sequence Number        |
   |     Data ...                                                  |

   A raw socket hears every ICMP packet to this host; the random data tells whose answer it is. RFC 4443 §4.1 is the same
   with other types, and a checksum that the kernel fills in. */

/// <summary><c>PING_CHECK</c>: an echo comes back.</summary>
public static class PingProbe
{
    private const byte EchoRequest = 8;
    private const byte EchoReply = 0;
    private const byte EchoRequest6 = 128;
    private const byte EchoReply6 = 129;
    private const int ChecksumAt = 2;
    private const int IdentifierAt = 4;
    private const int HeaderBytes = 8;
    private const int DataBytes = 32;

    /// <param name="stop">Ends the probe without an outcome (<see cref="OperationCanceledException"/>).</param>
    public static Task<ProbeOutcome> RunAsync(ProbeRequest request, CancellationToken stop = default) => RunAsync(request, Open, stop);

    /// <param name="open">Gives the raw socket.</param>
    internal static async Task<ProbeOutcome> RunAsync(ProbeRequest request, Func<ProbeRequest, Socket> open, CancellationToken stop)
    {
        using var patience = new Patience(request, stop);
        bool isV4 = request.Target.Address.IsV4;
        byte[] echo = Write(isV4);
        try
        {
            using Socket socket = open(request);

            // Only what this host sends is heard then.
            await socket.ConnectAsync(new IPEndPoint(request.Target.Address.ToNet(), 0), patience.Token);
            await socket.SendAsync(echo, patience.Token);
            var buffer = new byte[2048];
            while (true)
            {
                int count = await socket.ReceiveAsync(buffer, patience.Token);
                if (IsAnswer(buffer.AsSpan(0, count), echo, isV4))
                {
                    return new ProbeOutcome.Success(patience.Elapsed, "echo");
                }
            }
        }
        catch (SocketException failure)
        {
            return ProbeSocket.Classify(failure);
        }
        catch (OperationCanceledException) when (patience.HasRunOut)
        {
            return patience.Silent("no echo");
        }
    }

    internal static Socket Open(ProbeRequest request) => ProbeSocket.Open(
        request.Target, request.Binding, SocketType.Raw, request.Target.Address.IsV4 ? ProtocolType.Icmp : ProtocolType.IcmpV6);

    internal static byte[] Write(bool isV4)
    {
        var echo = new byte[HeaderBytes + DataBytes];
        RandomNumberGenerator.Fill(echo.AsSpan(IdentifierAt));
        echo[0] = isV4 ? EchoRequest : EchoRequest6;
        if (isV4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(echo.AsSpan(ChecksumAt), Base.InternetChecksum.Compute(echo));
        }

        return echo;
    }

    // A raw IPv4 socket gives the packet with its IP header, and before its checksum was looked at; an IPv6 one neither.
    private static bool IsAnswer(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> echo, bool isV4)
    {
        int start = isV4 && !packet.IsEmpty ? (packet[0] & 0xf) * 4 : 0;
        if (packet.Length < start + echo.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> answer = packet[start..];
        return answer[0] == (isV4 ? EchoReply : EchoReply6) && answer[1] == 0
            && (!isV4 || Base.InternetChecksum.Compute(answer) == 0)
            && answer.Length == echo.Length && answer[IdentifierAt..echo.Length].SequenceEqual(echo[IdentifierAt..]);
    }
}
