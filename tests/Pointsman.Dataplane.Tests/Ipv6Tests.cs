using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

/// <summary>IPv6 by direct routing. What schedulers and states do is held against the model, like IPv4's, in <see cref="ModelTests"/>.</summary>
[Collection(PlaneCollection.Name)]
public sealed class Ipv6Tests(SharedPlane shared)
{
    private const string Client = "2001:db8:c::5";
    private const byte HopByHop = 0;
    private const byte Routing = 43;
    private const byte Fragmentation = 44;
    private const byte Authentication = 51;
    private const byte DestinationOptions = 60;
    private const byte NoNext = 59;
    private readonly TestPlane _plane = shared.Fresh();

    private static Frame Packet { get; } = new() { Source = Client, Target = TestPlane.Vip6 };

    private static PlannedService Service(params ImmutableArray<PlannedServer> servers) =>
        TestPlane.Six(TestPlane.Service(SchedulerKind.Rr, servers));

    [Fact]
    public void NewConnection_FrameGoesToTheServersMac_HopLimitOneLess_NothingElseChanges()
    {
        _plane.Apply(Service(TestPlane.Server(1)));
        Frame frame = Packet with { PayloadBytes = 10 };

        Outcome outcome = _plane.Send(frame);

        Assert.Equal(("forwarded", XdpAction.Tx), (outcome.Verdict, outcome.Action));
        byte[] expected = (frame with { SourceMac = TestPlane.Director, TargetMac = TestPlane.MacOf(1), Ttl = 63 }).Build();
        Assert.Equal(expected, outcome.Bytes);
    }

    [Fact]
    public void EstablishedConnection_StaysWithItsServer_AndIsListedByItsAddresses()
    {
        _plane.Apply(Service(TestPlane.Server(1)));
        Assert.Equal(TestPlane.MacOf(1), _plane.Send(Packet).TargetMac);
        _plane.Apply(Service(TestPlane.Server(1), TestPlane.Server(2), TestPlane.Server(3)));
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(TestPlane.MacOf(1), _plane.Send(Packet.With(TcpFlags.Ack)).TargetMac);
        }

        Assert.Equal(new Counters(1, 6, 6 * 60), _plane.Read().Totals);
        ConnectionEntry entry = Assert.Single(_plane.Plane.ReadConnections());
        Assert.Equal(
            ("[2001:db8:c::5]:40000", "[2001:db8::100]:80", "[2001:db8:a::1]:80", "ESTABLISHED"),
            (entry.Client.ToString(), entry.Virtual.ToString(), entry.Server.ToString(), entry.State));
        Assert.Equal(
            ["[2001:db8:a::1]:80", "[2001:db8:a::2]:80", "[2001:db8:a::3]:80"],
            _plane.Read().Servers.Select(server => server.Address.ToString()));
    }

    // The entry has 48 bits of a hash for the client's 128: many of them must not be taken for one another.
    [Fact]
    public void ManyClients_EachIsItsOwn()
    {
        _plane.Apply(Service([.. TestPlane.Servers(5)]));
        byte[] Send(TcpFlags flags) => [.. Enumerable.Range(1, 500).Select(i =>
        {
            byte[] frame = (Packet with { Source = $"2001:db8:{i:x}::{i % 7:x}", Flags = flags }).Build();
            var output = new byte[frame.Length];
            Assert.Equal(XdpAction.Tx, _plane.Run(frame, output).Action);
            return output[5];
        })];
        byte[] servers = Send(TcpFlags.Syn);

        Assert.Equal(servers, Send(TcpFlags.Ack));
        Assert.Equal([100, 100, 100, 100, 100], servers.CountBy(server => server).Select(pair => pair.Value));
        Assert.Equal(500, _plane.Plane.ReadConnections().Select(entry => entry.Client.Address).Distinct().Count());
    }

    [Fact]
    public void Datagrams_AreBalanced()
    {
        PlannedService service = Service([.. TestPlane.Servers(2)]);
        _plane.Apply(service with { Key = service.Key with { Protocol = TransportProtocol.Udp } });
        byte first = _plane.Send(Packet with { Protocol = Frame.Udp }).Bytes[5];
        Assert.Equal(first, _plane.Send(Packet with { Protocol = Frame.Udp }).Bytes[5]);
        Assert.NotEqual(first, _plane.Send(Packet with { Protocol = Frame.Udp, SourcePort = 40001 }).Bytes[5]);
        Assert.All(_plane.Plane.ReadConnections(), entry => Assert.Equal("UDP", entry.State));
    }

    [Fact]
    public void BothFamilies_OnOnePort_AreTwoServices()
    {
        _plane.Apply(TestPlane.Service(SchedulerKind.Rr, TestPlane.Server(1)), Service(TestPlane.Server(2)));
        Assert.Equal(TestPlane.MacOf(1), _plane.Send(new Frame()).TargetMac);
        Assert.Equal(TestPlane.MacOf(2), _plane.Send(Packet).TargetMac);
        Assert.Equal(
            ["TCP 192.0.2.100:80", "TCP [2001:db8::100]:80"],
            _plane.Plane.ReadSnapshot().Services.Select(service => service.Key.ToString()));
    }

    [Theory]
    [InlineData("2001:db8::101", 80, "not-vip")]
    [InlineData("2001:db8::100", 81, "not-service")]
    public void OtherAddressesAndPorts_ArePassed(string target, ushort port, string verdict)
    {
        _plane.Apply(Service(TestPlane.Server(1)));
        Frame frame = Packet with { Target = target, TargetPort = port };
        Outcome outcome = _plane.Send(frame);
        Assert.Equal((verdict, XdpAction.Pass), (outcome.Verdict, outcome.Action));
        Assert.Equal(frame.Build(), outcome.Bytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void HopLimitSpent_ClientIsTold(byte hopLimit)
    {
        _plane.Apply(Service(TestPlane.Server(1)));
        Frame frame = Packet with { Ttl = hopLimit };
        Outcome outcome = _plane.Send(frame);
        Assert.Equal(("ttl-expired-told", XdpAction.Tx), (outcome.Verdict, outcome.Action));
        Told.Expect(outcome.Bytes, frame, (3, 0), 0);
    }

    // All that is there is quoted, up to the last even byte.
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(51)]
    [InlineData(900)]
    public void HopLimitSpent_PacketIsQuotedAsFarAsItGoes(int payloadBytes)
    {
        _plane.Apply(Service(TestPlane.Server(1)));
        Frame frame = Packet with { Ttl = 1, PayloadBytes = payloadBytes, PaddingBytes = 0 };
        byte[] told = _plane.Send(frame).Bytes;
        Told.Expect(told, frame, (3, 0), 0);
        Assert.Equal(Frame.EthernetBytes + 40 + 8 + 40 + Math.Min((20 + payloadBytes) & ~1, 72), told.Length);
    }

    [Fact]
    public void LocalServer_And_UnknownNextHop()
    {
        _plane.Apply(Service(TestPlane.Server(1, isLocal: true)));
        Outcome local = _plane.Send(Packet);
        Assert.Equal(("local", XdpAction.Pass), (local.Verdict, local.Action));
        Assert.Equal(Packet.Build(), local.Bytes);

        _plane.Apply(Service(TestPlane.Server(2) with { NextHop = null }));
        Assert.Equal("next-hop-unknown", _plane.Send(Packet with { SourcePort = 2 }).Verdict);
    }

    [Fact]
    public void ServersAndServicesThatGo_GiveTheirNumbersBack()
    {
        for (int round = 1; round <= 3; round++)
        {
            _plane.Apply(Service([.. TestPlane.Servers(3)]));
            Assert.Equal("forwarded", _plane.Send(Packet with { SourcePort = (ushort)round }).Verdict);
            _plane.Plane.Apply(ForwardingPlan.Empty);
            _plane.ExpireAll();
            _plane.Sweep();
        }

        _plane.Plane.Apply(ForwardingPlan.Empty);
        _plane.WithTables(tables =>
        {
            Assert.Empty(tables.Numbers.Keys<Bpf.Be128>());
            Assert.DoesNotContain(tables.Addresses.Span.ToArray(), address => address != default);
        });
    }

    [Fact]
    public void AfterARestart_ConnectionsAndNumbersAreAsTheyWere()
    {
        using var own = new TestPlane(connectionCapacity: 1024);
        own.Apply(Service([.. TestPlane.Servers(3)]));
        byte server = own.Send(Packet).Bytes[5];
        own.Restart();
        own.Apply(Service([.. TestPlane.Servers(4)]));
        Assert.Equal(server, own.Send(Packet.With(TcpFlags.Ack)).Bytes[5]);
        Assert.Equal("forwarded", own.Send(Packet with { SourcePort = 9 }).Verdict);
    }

    // RFC 8200 §4: whatever stands before the ports, they are found.
    [Theory]
    [InlineData(HopByHop, 8)]
    [InlineData(Routing, 24)]
    [InlineData(DestinationOptions, 264)]
    [InlineData(Authentication, 24)]
    public void ExtensionHeader_IsWalkedOver(byte type, int bytes)
    {
        _plane.Apply(Service(TestPlane.Server(1)));
        Assert.Equal("forwarded", _plane.Send(Packet with { Extensions = [Extension(type, bytes)] }).Verdict);
        Outcome second = _plane.Send(Packet.With(TcpFlags.Ack) with
        {
            Extensions = [Extension(type, bytes), Extension(DestinationOptions, 16)],
        });
        Assert.Equal("forwarded", second.Verdict);
        Assert.Equal(1, _plane.Read().Totals.Connections);
    }

    [Theory]
    [InlineData(6, "forwarded")]
    [InlineData(7, "not-tcp")]
    public void ExtensionHeaders_AreWalkedUpToSix(int count, string verdict)
    {
        _plane.Apply(Service(TestPlane.Server(1)));
        ImmutableArray<(byte, byte[])> headers = [.. Enumerable.Repeat(Extension(DestinationOptions, 8), count)];
        Assert.Equal(verdict, _plane.Send(Packet with { Extensions = headers }).Verdict);
    }

    // RFC 6946: a packet with a fragment header that is whole is no fragment.
    [Theory]
    [InlineData(0, 80, "forwarded")]
    [InlineData(1, 81, "not-service")]
    [InlineData(8, 80, "fragment-early")]
    [InlineData(9, 80, "fragment-early")]
    [InlineData(1, 80, "forwarded")]
    public void Fragments(ushort offsetAndMore, ushort port, string verdict)
    {
        _plane.Apply(Service(TestPlane.Server(1)));
        byte[] rest = [0, (byte)(offsetAndMore >> 8), (byte)offsetAndMore, 1, 2, 3, 4];
        Assert.Equal(verdict, _plane.Send(Packet with { TargetPort = port, Extensions = [(Fragmentation, rest)] }).Verdict);
    }

    [Theory]
    [InlineData(NoNext)]
    [InlineData(50)]
    [InlineData(47)]
    [InlineData(58)]
    public void OtherProtocols_ArePassed(byte protocol)
    {
        _plane.Apply(Service(TestPlane.Server(1)));
        Assert.Equal("not-tcp", _plane.Send(Packet with { Protocol = protocol }).Verdict);
    }

    [Fact]
    public void CutShort_AtEveryLength_NeverForwarded()
    {
        _plane.Apply(Service(TestPlane.Server(1)));
        byte[] whole = (Packet with { Extensions = [Extension(HopByHop, 16)], PaddingBytes = 0 }).Build();
        for (int length = Frame.EthernetBytes; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            Assert.Contains(_plane.Send(cut).Verdict, new[] { "truncated-ip", "bad-ip-header" });
            if (length >= Frame.EthernetBytes + 40)
            {
                int payload = length - Frame.EthernetBytes - 40;
                (cut[Frame.EthernetBytes + 4], cut[Frame.EthernetBytes + 5]) = ((byte)(payload >> 8), (byte)payload);
                Assert.Contains(_plane.Send(cut).Verdict, new[] { "truncated-tcp", "not-tcp" });
            }
        }

        Assert.Equal("forwarded", _plane.Send(whole).Verdict);
    }

    [Fact]
    public void Lease_IsAsked_AlsoOfKnownConnections()
    {
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _plane.Apply(TestPlane.Six(TestPlane.Leased(TestPlane.Server(1))));
        Assert.Equal("forwarded", _plane.Send(Packet).Verdict);
        _plane.Plane.Leases.Release(TestPlane.Lease);
        Assert.Equal("not-armed", _plane.Send(Packet.With(TcpFlags.Ack)).Verdict);
        Assert.Equal("not-armed", _plane.Send(Packet with { SourcePort = 7 }).Verdict);
    }

    // Two directors that are each other's servers: no packet circles.
    [Theory]
    [InlineData("2001:db8::202")]
    [InlineData("10.0.0.202")]
    public void FromAPeerDirector_IsNotBalancedAgain_UnlessItIsTheClient(string peer)
    {
        PlannedService service = Service(TestPlane.Server(1), TestPlane.Server(2, isLocal: true));
        ImmutableArray<PeerDirector> peers = [new(Frame.Mac("02:00:00:00:00:d2"), IpAddress.Parse(peer))];
        _plane.Plane.Apply(TestPlane.Plan(service) with { Peers = peers });
        ushort port = 1;
        while (_plane.Send(Packet with { SourcePort = port }).Verdict != "forwarded")
        {
            port++;
        }

        Frame known = Packet.With(TcpFlags.Ack) with { SourcePort = port, SourceMac = "02:00:00:00:00:d2" };
        Assert.Equal("from-peer-director", _plane.Send(known).Verdict);
        Assert.Equal("from-peer-director", _plane.Send(known.With(TcpFlags.Syn) with { SourcePort = 999 }).Verdict);
        if (peer.Contains(':'))
        {
            string[] own = [.. new ushort[] { 500, 501 }
                .Select(from => _plane.Send(known.With(TcpFlags.Syn) with { Source = peer, SourcePort = from }).Verdict).Order()];
            Assert.Equal(["forwarded", "local"], own);
        }

        Assert.Equal([peers[0]], _plane.Plane.ReadSnapshot().Peers);
    }

    [Theory]
    [InlineData(128, false)]
    [InlineData(64, true)]
    [InlineData(48, true)]
    [InlineData(49, true)]
    [InlineData(1, true)]
    public void Persistence_BindsTheClientsNetwork(int prefixLength, bool together)
    {
        PlannedService service = Service([.. TestPlane.Servers(2)]);
        _plane.Apply(service with { Persistence = TimeSpan.FromMinutes(1), PersistencePrefixLength = prefixLength });
        byte first = _plane.Send(Packet with { Source = "2001:db8:c:1::5" }).Bytes[5];
        byte again = _plane.Send(Packet with { Source = "2001:db8:c:1::5", SourcePort = 2 }).Bytes[5];
        byte neighbour = _plane.Send(Packet with { Source = "2001:db8:c:1:ffff::6" }).Bytes[5];

        Assert.Equal(first, again);
        Assert.Equal(together, first == neighbour);
        Assert.Equal(prefixLength, _plane.Read().PersistencePrefixLength);
        ConnectionEntry[] templates = [.. _plane.Plane.ReadConnections().Where(entry => entry.IsTemplate)];
        Assert.Equal(together ? 1 : 2, templates.Length);
        string network = new Balance.Connections.PersistenceRule(default, prefixLength)
            .NetworkOf(IpAddress.Parse("2001:db8:c:1::5")).ToString();
        Assert.Contains(templates, template => template.Client.ToString() == $"[{network}]:0" && template.State == "NONE");

        // An established connection assures its template, and one that is over lets go of it.
        _plane.Send(Packet.With(TcpFlags.Ack) with { Source = "2001:db8:c:1::5" });
        Assert.Contains(_plane.Plane.ReadConnections(), entry => entry is { IsTemplate: true, State: "ASSURED" });
        _plane.ExpireAll();
        _plane.Sweep();
        Assert.Empty(_plane.Plane.ReadConnections());
        _plane.WithTables(tables => Assert.Empty(Tables.TableReader.Templates(tables)));
    }

    private static (byte Type, byte[] Tail) Extension(byte type, int bytes)
    {
        var rest = new byte[bytes - 1];
        rest[0] = (byte)(type == Authentication ? (bytes / 4) - 2 : (bytes / 8) - 1);
        return (type, rest);
    }
}
