using System.Buffers.Binary;
using Pointsman.Balance;

namespace Pointsman.Dataplane.Tests;

/// <summary>Errors of ICMPv6 go to the server whose packet they speak of.</summary>
[Collection(PlaneCollection.Name)]
public sealed class Icmp6Tests(SharedPlane shared)
{
    private const byte Icmp6 = 58;
    private const byte Unreachable = 1;
    private const byte PacketTooBig = 2;
    private const byte TimeExceeded = 3;
    private const byte ParameterProblem = 4;
    private const byte EchoRequest = 128;
    private readonly TestPlane _plane = shared.Fresh();

    [Theory]
    [InlineData(Unreachable)]
    [InlineData(PacketTooBig)]
    [InlineData(TimeExceeded)]
    [InlineData(ParameterProblem)]
    public void AboutAServersPacket_GoesToThatServer_AndMovesNothing(byte type)
    {
        _plane.Apply(TestPlane.Six(TestPlane.Service(SchedulerKind.Rr, [.. TestPlane.Servers(3)])));
        ushort[] ports = [1000, 2000, 3000];
        byte[] servers = [.. ports.Select(port => _plane.Send(Answer(port) with
        {
            Source = "2001:db8:c::5",
            SourcePort = port,
            Target = TestPlane.Vip6,
            TargetPort = 80,
            Flags = TcpFlags.Syn,
        }).Bytes[5])];
        string[] before = States();

        for (int i = 0; i < servers.Length; i++)
        {
            byte[] sent = Error(type, Answer(ports[i]));
            Outcome outcome = _plane.Send(sent);
            Assert.Equal(("forwarded", TestPlane.MacOf(servers[i])), (outcome.Verdict, outcome.TargetMac));
            Assert.Equal(63, outcome.Bytes[Frame.EthernetBytes + 7]);
            Assert.Equal(sent[(Frame.EthernetBytes + 8)..], outcome.Bytes[(Frame.EthernetBytes + 8)..]);
        }

        // Also where the quoted packet has an extension header, and where the error itself has one.
        Frame withOptions = Answer(1000) with { Extensions = [(60, new byte[7])] };
        Assert.Equal(servers[0], _plane.Send(Error(type, withOptions)).Bytes[5]);
        Assert.Equal(servers[0], _plane.Send(Error(type, Answer(1000), new byte[7])).Bytes[5]);
        Assert.Equal(before, States());
        Assert.Equal(8, _plane.Read().Totals.PacketsIn);
    }

    [Fact]
    public void OfNoConnection_OrNoError_IsTheStacks()
    {
        _plane.Apply(TestPlane.Six(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1))));
        _plane.Send(new Frame { Source = "2001:db8:c::5", Target = TestPlane.Vip6, SourcePort = 1000 });
        foreach (byte[] sent in new[]
        {
            Error(Unreachable, Answer(1001)),
            Error(EchoRequest, Answer(1000)),
            Error(0, Answer(1000)),
            Error(5, Answer(1000)),
            Error(Unreachable, Answer(1000) with { Source = "2001:db8::101" }),
            Error(Unreachable, Answer(1000) with { Protocol = 50 }),
            Error(Unreachable, Answer(1000) with { Extensions = [(44, [0, 0, 8, 0, 0, 0, 1])] }),
        })
        {
            Outcome outcome = _plane.Send(sent);
            Assert.Equal("not-tcp", outcome.Verdict);
            Assert.Equal(sent, outcome.Bytes);
        }
    }

    [Fact]
    public void CutShort_AtEveryLength_IsNotForwarded()
    {
        _plane.Apply(TestPlane.Six(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1))));
        _plane.Send(new Frame { Source = "2001:db8:c::5", Target = TestPlane.Vip6, SourcePort = 1000 });
        byte[] whole = Error(PacketTooBig, Answer(1000));
        int last = Frame.EthernetBytes + 40 + 8 + 40 + 8;
        for (int length = Frame.EthernetBytes + 40; length < last; length++)
        {
            byte[] cut = whole[..length];
            BinaryPrimitives.WriteUInt16BigEndian(
                cut.AsSpan(Frame.EthernetBytes + 4), (ushort)(length - Frame.EthernetBytes - 40));
            Assert.Equal((length, "not-tcp"), (length, _plane.Send(cut).Verdict));
        }
    }

    [Fact]
    public void WithoutLease_IsNotForwarded_AndToAServerThatIsDown_IsDropped()
    {
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _plane.Apply(TestPlane.Six(TestPlane.Leased(TestPlane.Server(1))));
        _plane.Send(new Frame { Source = "2001:db8:c::5", Target = TestPlane.Vip6, SourcePort = 1000 });
        _plane.Apply(TestPlane.Six(TestPlane.Leased(TestPlane.Server(1, isUp: false))));
        Assert.Equal("server-gone", _plane.Send(Error(PacketTooBig, Answer(1000))).Verdict);
        _plane.Plane.Leases.Release(TestPlane.Lease);
        Assert.Equal("not-armed", _plane.Send(Error(PacketTooBig, Answer(1000))).Verdict);
    }

    private static Frame Answer(ushort client) => new()
    {
        Source = TestPlane.Vip6,
        SourcePort = 80,
        Target = "2001:db8:c::5",
        TargetPort = client,
        Flags = TcpFlags.Ack,
    };

    // RFC 4443 §3: eight bytes, then as much of the packet as fits.
    private static byte[] Error(byte type, Frame about, byte[]? options = null)
    {
        byte[] quoted = about.Build()[Frame.EthernetBytes..];
        var frame = new Frame
        {
            Source = "2001:db8:1::1",
            Target = TestPlane.Vip6,
            Protocol = Icmp6,
            PayloadBytes = 8 + quoted.Length - Frame.TcpBytes,
            Extensions = options is null ? [] : [(60, options)],
        };
        byte[] bytes = frame.Build();
        Span<byte> icmp = bytes.AsSpan(Frame.EthernetBytes + frame.IpBytes, 8 + quoted.Length);
        icmp.Clear();
        icmp[0] = type;
        quoted.CopyTo(icmp[8..]);
        ReadOnlySpan<byte> packet = bytes.AsSpan(Frame.EthernetBytes, frame.TotalBytes);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], (ushort)~Frame.TransportSum(packet, frame.IpBytes, Icmp6));
        return bytes;
    }

    private string[] States() => [.. _plane.Plane.ReadConnections().Select(entry => $"{entry.Client} {entry.State}").Order()];
}
