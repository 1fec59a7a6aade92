using System.Net;
using System.Net.Sockets;
using System.Text;
using Pointsman.Base;
using Pointsman.Health;

namespace Pointsman.Probes.Tests;

/// <summary>What a check says of its way is said to the kernel.</summary>
public sealed class ProbeSocketTests
{
    private const int SolSocket = 1;
    private const int SoBindToDevice = 25;
    private const int SoMark = 36;
    private const int Tcp = 6;
    private const int TcpMaxSegment = 2;

    [Fact]
    public void Binding_IsTheSockets()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "marks and interfaces need root");
        ushort port = FreePort();
        var binding = new ProbeBinding(IpAddress.Parse("127.0.0.3"), port, "lo", Mark: 0x1234);
        var target = new TransportEndpoint(IpAddress.Parse("127.0.0.1"), 80);

        using Socket socket = ProbeSocket.Open(target, binding with { SegmentBytes = 1000 }, SocketType.Stream, ProtocolType.Tcp);

        Assert.Equal(new IPEndPoint(IPAddress.Parse("127.0.0.3"), port), socket.LocalEndPoint);
        Assert.Equal(0x1234, BitConverter.ToInt32(Option(socket, SolSocket, SoMark)));
        Assert.Equal("lo", Encoding.ASCII.GetString(Option(socket, SolSocket, SoBindToDevice, 16)).Split('\0')[0]);
        Assert.Equal(1000, BitConverter.ToInt32(Option(socket, Tcp, TcpMaxSegment)));
    }

    [Fact]
    public void InterfaceThatIsNotThere_IsAnErrorOfOurs()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "interfaces need root");
        var target = new TransportEndpoint(IpAddress.Parse("127.0.0.1"), 80);
        SocketException refused = Assert.Throws<SocketException>(
            () => ProbeSocket.Open(target, new ProbeBinding(Interface: "no-such-if0"), SocketType.Stream, ProtocolType.Tcp));
        Assert.IsType<ProbeOutcome.Error>(ProbeSocket.Classify(refused));
    }

    private static byte[] Option(Socket socket, int level, int name, int sizeBytes = 4)
    {
        var value = new byte[sizeBytes];
        socket.GetRawSocketOption(level, name, value);
        return value;
    }

    private static ushort FreePort()
    {
        using Socket listener = TcpProbeTests.Listen(IPAddress.Loopback);
        return TcpProbeTests.EndpointOf(listener).Port;
    }
}
