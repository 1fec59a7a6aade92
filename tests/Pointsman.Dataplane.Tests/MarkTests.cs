using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>Services that a mark of the firewall names: any address, any port, both protocols.</summary>
[Collection(PlaneCollection.Name)]
public sealed class MarkTests(SharedPlane shared)
{
    private const uint Mark = 0x01020309;
    private const string OtherVip = "198.51.100.7";
    private const string Client6 = "2001:db8:c::5";
    private readonly TestPlane _plane = shared.Fresh();

    [Fact]
    public void AnyAddressPortAndProtocol_GoesToTheServersOfTheMark()
    {
        _plane.Apply(Service(TestPlane.Servers(2)));

        Outcome first = _plane.SendMarked(new Frame { PayloadBytes = 5 }, Mark);
        Assert.Equal(("forwarded", TestPlane.MacOf(2)), (first.Verdict, first.TargetMac));
        Assert.Equal((new Frame { PayloadBytes = 5, Ttl = 63 }).Build()[14..], first.Bytes[14..]);
        Assert.Equal(TestPlane.MacOf(1), _plane.SendMarked(new Frame { Target = OtherVip, TargetPort = 443 }, Mark).TargetMac);
        Assert.Equal(TestPlane.MacOf(2), _plane.SendMarked(new Frame { Protocol = Frame.Udp, TargetPort = 53 }, Mark).TargetMac);
        Assert.Equal(TestPlane.MacOf(2), _plane.SendMarked(new Frame { Flags = TcpFlags.Ack }, Mark).TargetMac);

        Assert.Equal(ServiceKey.Of(TransportProtocol.Tcp, TransportEndpoint.OfMark(Mark, IpFamily.V4)), _plane.Read().Key);
        Assert.Equal(4, _plane.Read().Totals.PacketsIn);
        Assert.Equal([(1, 0), (1, 1)], _plane.Loads());
    }

    [Fact]
    public void OtherMarks_AndTheSamePacketWithoutOne_AreNotBalanced()
    {
        _plane.Apply(Service(TestPlane.Servers(2)));

        Outcome other = _plane.SendMarked(new Frame(), Mark + 1);
        Assert.Equal(("not-service", "02:50:00:00:00:00"), (other.Verdict, other.TargetMac));
        Assert.Equal("not-vip", _plane.Send(new Frame()).Verdict);
        Assert.Equal("not-service", _plane.SendMarked(new Frame { Source = Client6, Target = TestPlane.Vip6 }, Mark).Verdict);
        Assert.Equal("no-connection", _plane.SendMarked(new Frame { Flags = TcpFlags.Ack }, Mark).Verdict);
    }

    [Fact]
    public void Persistent_AllPortsOfAClient_FindOneServer()
    {
        _plane.Apply(Service(TestPlane.Servers(3)) with { Persistence = TimeSpan.FromMinutes(5) });

        foreach (ushort port in (ushort[])[80, 443, 8443])
        {
            Assert.Equal(TestPlane.MacOf(3), _plane.SendMarked(new Frame { TargetPort = port, SourcePort = (ushort)(1000 + port) }, Mark).TargetMac);
        }

        Assert.Equal(TestPlane.MacOf(3), _plane.SendMarked(new Frame { Target = OtherVip }, Mark).TargetMac);
        Assert.Equal(TestPlane.MacOf(2), _plane.SendMarked(new Frame { Source = "203.0.113.77" }, Mark).TargetMac);
        Assert.Equal([0, 1, 1], _plane.Read().Servers.Select(server => server.PersistentConnections));
        ConnectionEntry template = Assert.Single(
            _plane.Plane.ReadConnections(), entry => entry.IsTemplate && entry.Client.Address == IpAddress.Parse("203.0.113.5"));
        Assert.Equal(Mark, template.Virtual.Mark);
    }

    [Fact]
    public void Listing_NamesWhatTheClientAskedFor()
    {
        _plane.Apply(Service(TestPlane.Servers(1)), Six());
        _plane.SendMarked(new Frame { TargetPort = 443 }, Mark);
        _plane.SendMarked(new Frame { Protocol = Frame.Udp, Target = OtherVip, TargetPort = 53 }, Mark);
        _plane.SendMarked(new Frame { Source = Client6, Target = "2001:db8:9::1", TargetPort = 8080 }, Mark);

        Assert.Equal(
            ["TCP 203.0.113.5:40000 192.0.2.100:443", "TCP [2001:db8:c::5]:40000 [2001:db8:9::1]:8080", "UDP 203.0.113.5:40000 198.51.100.7:53"],
            _plane.Plane.ReadConnections().Select(entry => $"{entry.Protocol.UpperCaseName()} {entry.Client} {entry.Virtual}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(6, 0)]
    [InlineData(6, 8080)]
    [InlineData(17, 0)]
    [InlineData(17, 8080)]
    public void Nat_AnswersGetBackTheAddressThatWasAskedFor(byte protocol, ushort realPort)
    {
        _plane.Apply(Service(Masquerade(TestPlane.Server(1), realPort)));
        foreach ((string vip, ushort port, ushort source) in (ReadOnlySpan<(string, ushort, ushort)>)
            [(TestPlane.Vip, 80, 40000), (OtherVip, 443, 40001)])
        {
            var there = new Frame { Protocol = protocol, Target = vip, TargetPort = port, SourcePort = source, PayloadBytes = 7 };
            ushort at = realPort == 0 ? port : realPort;
            Outcome sent = _plane.SendMarked(there, Mark);
            Assert.Equal("forwarded", sent.Verdict);
            Assert.Equal((there with { Target = "10.0.0.1", TargetPort = at, Ttl = 63 }).Build()[14..], sent.Bytes[14..]);

            Frame answer = there with { Source = "10.0.0.1", SourcePort = at, Target = there.Source, TargetPort = source, Flags = TcpFlags.Syn | TcpFlags.Ack };
            byte[] back = Answered(answer);
            Assert.Equal((answer with { Source = vip, SourcePort = port }).Build()[26..], back[26..]);
        }

        Assert.Equal((2, 2), (_plane.Read().Totals.PacketsIn, _plane.Read().Totals.PacketsOut));
        Assert.Equal("not-vip", _plane.Send(new Frame { Source = "10.0.0.1", SourcePort = 80, Target = "203.0.113.5", TargetPort = 9 }).Verdict);
    }

    [Fact]
    public void Nat6_AnswersGetBackTheAddressThatWasAskedFor()
    {
        PlannedService six = Six();
        _plane.Apply(six with { Servers = [Masquerade(six.Servers[0], 8080)] });
        var there = new Frame { Source = Client6, Target = "2001:db8:9::1", TargetPort = 443 };
        Outcome sent = _plane.SendMarked(there, Mark);
        Assert.Equal((there with { Target = "2001:db8:a::1", TargetPort = 8080, Ttl = 63 }).Build()[14..], sent.Bytes[14..]);

        Frame answer = there with { Source = "2001:db8:a::1", SourcePort = 8080, Target = Client6, TargetPort = 40000, Flags = TcpFlags.Syn | TcpFlags.Ack };
        Assert.Equal((answer with { Source = "2001:db8:9::1", SourcePort = 443 }).Build()[22..], Answered(answer)[22..]);
    }

    // Whichever family the mark is of, its packets go within one of the server's.
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Tunnel_PacketGoesWhole_WithinOneToTheServer(bool isMarkV6, bool isServerV6)
    {
        PlannedService marked = isMarkV6 ? Six() : Service(TestPlane.Server(1));
        PlannedServer server = (isServerV6 ? Six() : Service(TestPlane.Server(1))).Servers[0];
        var source = IpAddress.Parse(isServerV6 ? "2001:db8:a::200" : "10.0.0.200");
        _plane.Apply(marked with
        {
            Servers = [server with { Method = ForwardingMethod.Tunnel, Tunnel = new TunnelEnd(TunnelKind.Ipip, source, 1500) }],
        });
        Frame frame = (isMarkV6 ? new Frame { Source = Client6, Target = "2001:db8:9::1" } : new Frame { Target = OtherVip }) with { PayloadBytes = 33, PaddingBytes = 0 };
        var output = new byte[2048];

        XdpRun run = _plane.RunMarked(frame, Mark, output);

        byte[] inner = (frame with { Ttl = 63 }).Build()[Frame.EthernetBytes..];
        Assert.Equal(TestPlane.MacOf(1), MacAddress.FromBytes(output).ToString());
        Assert.Equal(Frame.EthernetBytes + (isServerV6 ? 40 : 20) + inner.Length, run.SizeBytes);
        Assert.Equal(isServerV6 ? 0x60 : 0x45, output[Frame.EthernetBytes]);
        Assert.Equal(isMarkV6 ? 41 : 4, output[Frame.EthernetBytes + (isServerV6 ? 6 : 9)]);
        Assert.Equal(inner, output[(run.SizeBytes - inner.Length)..run.SizeBytes]);
    }

    [Fact]
    public void AddressThatMoves_IsBalancedOnlyWhereItIsOwned()
    {
        var plan = TestPlane.Plan(Service(TestPlane.Servers(1))) with
        {
            Addresses = [new OwnedAddress(IpAddress.Parse(TestPlane.Vip), TestPlane.Lease)],
        };
        _plane.Plane.Leases.Release(TestPlane.Lease);
        _plane.Plane.Apply(plan);

        Assert.Equal("not-armed", _plane.SendMarked(new Frame(), Mark).Verdict);
        Assert.Equal("forwarded", _plane.SendMarked(new Frame { Target = OtherVip }, Mark).Verdict);
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        Assert.Equal("forwarded", _plane.SendMarked(new Frame(), Mark).Verdict);
        _plane.Plane.Leases.Release(TestPlane.Lease);
        Assert.Equal("not-armed", _plane.SendMarked(new Frame { Flags = TcpFlags.Ack }, Mark).Verdict);
    }

    [Fact]
    public void Plan_ReadBack_IsTheSame()
    {
        _plane.Apply(Service(TestPlane.Servers(2)), Six(), TestPlane.Service(SchedulerKind.Wlc, TestPlane.Server(1)));
        long writes = _plane.Plane.TableWrites;

        _plane.Plane.Apply(_plane.Plane.ReadPlan());

        Assert.Equal(writes, _plane.Plane.TableWrites);
        Assert.Equal(3, _plane.Plane.ReadSnapshot().Services.Length);
    }

    [Fact]
    public void MarkThatNoNextHopCanStandFor_IsRefused()
    {
        DataplaneException refused = Assert.Throws<DataplaneException>(() => _plane.Apply(
            Service(TestPlane.Servers(1)) with { Key = ServiceKey.Of(TransportProtocol.Tcp, TransportEndpoint.OfMark(0x10000000, IpFamily.V4)) }));

        Assert.Contains("marks up to 268435455", refused.Message, StringComparison.Ordinal);
    }

    private static PlannedService Service(params PlannedServer[] servers) => TestPlane.Service(SchedulerKind.Rr, [.. servers]) with
    {
        Key = ServiceKey.Of(TransportProtocol.Tcp, TransportEndpoint.OfMark(Mark, IpFamily.V4)),
    };

    private static PlannedService Six() => TestPlane.Six(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1))) with
    {
        Key = ServiceKey.Of(TransportProtocol.Tcp, TransportEndpoint.OfMark(Mark, IpFamily.V6)),
    };

    private static PlannedServer Masquerade(PlannedServer server, ushort port) => server with
    {
        Method = ForwardingMethod.Masquerade,
        Address = server.Address with { Port = port },
    };

    // Where the kernel would send it is the host's affair.
    private byte[] Answered(Frame answer)
    {
        Outcome outcome = _plane.Send(answer);
        Assert.Contains(outcome.Verdict, (string[])["answer-unrouted", "answer-passed", "answer-forwarded", "answer-redirected"]);
        return outcome.Bytes;
    }
}
