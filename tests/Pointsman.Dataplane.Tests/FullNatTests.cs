using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Tables;

namespace Pointsman.Dataplane.Tests;

/// <summary>
/// Full NAT: a server sees its clients as addresses of this node, with ports of their own. A model beside the data path keeps who is
/// whom: no two connections to one server may look the same, each answer finds the one client it is for.
/// </summary>
[Collection(PlaneCollection.Name)]
public sealed class FullNatTests(SharedPlane shared)
{
    private const byte Tcp = 6;
    private const byte Udp = Frame.Udp;
    private readonly TestPlane _plane = shared.Fresh();

    [Theory]
    [InlineData(Tcp, false)]
    [InlineData(Udp, false)]
    [InlineData(Tcp, true)]
    [InlineData(Udp, true)]
    public void BothWays_AddressesAndPortsChange_ChecksumsStayRight(byte protocol, bool isV6)
    {
        Site site = new(protocol, isV6);
        _plane.Apply(site.Service(1));
        Frame there = site.Client with { PayloadBytes = 7 };

        Outcome sent = _plane.Send(there);
        Assert.Equal(("forwarded", TestPlane.MacOf(1)), (sent.Verdict, sent.TargetMac));
        Guise guise = Guise.Of(sent.Bytes, isV6);
        Assert.Contains(guise.Local.ToString(), site.Locals);
        Assert.InRange(guise.Port, PmLimit.GuisePort, PmLimit.GuisePort + PmLimit.GuisePorts - 1);
        Frame asSeen = there with { Source = guise.Local.ToString(), SourcePort = guise.Port, Target = site.Real(1), TargetPort = 8080 };
        Assert.Equal((asSeen with { Ttl = 63 }).Build()[14..], sent.Bytes[14..]);

        Outcome again = _plane.Send(there.With(TcpFlags.Ack));
        Assert.Equal(guise, Guise.Of(again.Bytes, isV6));

        Frame answer = Back(asSeen) with { Flags = TcpFlags.Syn | TcpFlags.Ack };
        AssertAnswered(answer, Back(there) with { Flags = answer.Flags });
        Assert.Equal((2, 1), (_plane.Read().Totals.PacketsIn, _plane.Read().Totals.PacketsOut));
        Assert.Equal($"{site.Client.Source} {site.Vip}", string.Join(' ', _plane.Plane.ReadConnections().Select(entry => $"{entry.Client.Address} {entry.Virtual.Address}")));
    }

    // The model: every connection's guise differs for one server, and leads back to it alone, in any order of answers.
    [Theory]
    [InlineData(Tcp, false, 1)]
    [InlineData(Udp, false, 2)]
    [InlineData(Tcp, true, 3)]
    [InlineData(Udp, true, 4)]
    public void ManyConnections_EachHasAGuiseOfItsOwn_AndGetsItsOwnAnswers(byte protocol, bool isV6, ulong seed)
    {
        Site site = new(protocol, isV6);
        _plane.Apply(site.Service(1, 2, 3));
        var random = new Prng(seed);
        var model = new Dictionary<(string Server, Guise Guise), Frame>();
        for (int i = 0; i < 400; i++)
        {
            Frame client = site.Client with { Source = site.ClientAddress(random.NextInt(5)), SourcePort = (ushort)(20000 + i) };
            Outcome sent = _plane.Send(client);
            Assert.Equal("forwarded", sent.Verdict);
            Assert.True(model.TryAdd((site.TargetOf(sent.Bytes), Guise.Of(sent.Bytes, isV6)), client), "two connections look the same to a server");
        }

        foreach (((string server, Guise guise), Frame client) in model.OrderBy(pair => pair.Key.Guise.Port))
        {
            Frame answer = Back(client) with { Source = server, SourcePort = 8080, Target = guise.Local.ToString(), TargetPort = guise.Port };
            AssertAnswered(answer, Back(client));
        }

        Assert.Equal((400, 400), Remembered());

        // When they are over nothing is left of them.
        _plane.ExpireAll();
        _plane.Sweep();
        Assert.Equal((0, 0), Remembered());
        Frame stale = Back(model.Values.First()) with { Source = site.Real(1), SourcePort = 8080, Target = site.Locals[0], TargetPort = 2000 };
        Assert.Equal("not-vip", _plane.Send(stale).Verdict);
    }

    [Fact]
    public void PortsTaken_OthersAreTried_AndWithoutAnyItIsDropped_AndCounted()
    {
        Site site = new(Udp, IsV6: false) { Locals = ["198.51.100.1"] };
        _plane.Apply(site.Service(1));
        byte[] first = _plane.Send(site.Client).Bytes;
        Guise guise = Guise.Of(first, isV6: false);

        // Every port of the only address but one: it is found, or not, by chance; nobody else's is ever given.
        Take(from: guise, all: port => port != guise.Port);
        Outcome second = _plane.Send(site.Client with { SourcePort = 9 });
        Assert.Equal("no-local-port", second.Verdict);
        Assert.Equal(guise, Guise.Of(_plane.Send(site.Client).Bytes, isV6: false));

        // The next datagram of that client tries again.
        Release(port => port % 2 == 0);
        Outcome third = _plane.Send(site.Client with { SourcePort = 9 });
        Release(_ => true);
        Assert.Equal("forwarded", third.Verdict);
        Assert.Equal(0, Guise.Of(third.Bytes, isV6: false).Port % 2);
    }

    [Fact]
    public void NobodySweeps_ThePortsOfWhatIsOver_AreGivenAgain()
    {
        Site site = new(Udp, IsV6: false) { Locals = ["198.51.100.1"] };
        _plane.Apply(site.Service(1));
        Guise guise = Guise.Of(_plane.Send(site.Client).Bytes, isV6: false);
        Take(guise, port => port != guise.Port);
        _plane.ExpireAll();

        // All are written down as those of connections that are over, and nobody has retired them.
        Outcome later = _plane.Send(site.Client with { SourcePort = 9 });
        Release(_ => true);
        Assert.Equal("forwarded", later.Verdict);
    }

    [Fact]
    public void ConnectionBeginsAnew_ItsOldGuiseIsLetGoOf()
    {
        Site site = new(Tcp, IsV6: false);
        _plane.Apply(site.Service(1));
        _plane.Send(site.Client);
        _plane.Send(site.Client.With(TcpFlags.Rst));
        _plane.Send(site.Client);

        Assert.Equal((1, 1), Remembered());
    }

    // Nobody has retired it when its client comes again from the same port; meanwhile the port here is another's.
    [Fact]
    public void GuiseThatIsAnothersByNow_IsNotTaken_AndTheOtherKeepsIt()
    {
        Site site = new(Udp, IsV6: false);
        _plane.Apply(site.Service(1));
        Guise first = Guise.Of(_plane.Send(site.Client).Bytes, isV6: false);
        _plane.WithTables(tables =>
        {
            (byte[] key, byte[] wearer) = Assert.Single(tables.Wearers.ReadRaw(tables.Wearers.ValueSizeBytes));
            wearer[40] ^= 1;     // of the flow that it leads to
            tables.Wearers.UpdateRaw(key, wearer);
        });

        Guise second = Guise.Of(_plane.Send(site.Client).Bytes, isV6: false);
        Guise third = Guise.Of(_plane.Send(site.Client).Bytes, isV6: false);
        (int, int) remembered = Remembered();
        Release(port => port == first.Port);

        Assert.NotEqual(first, second);
        Assert.Equal(second, third);
        Assert.Equal((1, 2), remembered);
    }

    [Theory]
    [InlineData(Tcp, false)]
    [InlineData(Udp, false)]
    [InlineData(Tcp, true)]
    [InlineData(Udp, true)]
    public void Errors_AreTranslatedBothWays(byte protocol, bool isV6)
    {
        Site site = new(protocol, isV6);
        _plane.Apply(site.Service(1));
        Outcome sent = _plane.Send(site.Client);
        Guise guise = Guise.Of(sent.Bytes, isV6);
        Frame asSeen = site.Client with { Source = guise.Local.ToString(), SourcePort = guise.Port, Target = site.Real(1), TargetPort = 8080 };

        // A router says of an answer that it is too large: the server hears it from this node, about its own packet.
        byte[] toServer = IcmpErrors.About(Back(site.Client));
        Outcome forwarded = _plane.Send(toServer);
        Assert.Equal("forwarded", forwarded.Verdict);
        byte[] expected = IcmpErrors.About(Back(asSeen), guise.Local.ToString());
        AssertSameError(expected, forwarded.Bytes, isV6);

        // The server has no listener, or a router before it: the client hears it from the virtual address, about what it sent.
        foreach (string source in (string[])[site.Real(1), isV6 ? "2001:db8:99::1" : "10.99.0.1"])
        {
            Outcome answered = _plane.Send(IcmpErrors.About(asSeen, source));
            AssertIsAnswer(answered);
            AssertSameError(IcmpErrors.About(site.Client, site.Vip), answered.Bytes, isV6);
        }
    }

    [Fact]
    public void Fragments_FollowTheirFirst_BothWays()
    {
        Site site = new(Udp, IsV6: false);
        _plane.Apply(site.Service(1));
        Outcome first = _plane.Send(site.Client with { Fragment = 0x2000, PayloadBytes = 8 });
        Guise guise = Guise.Of(first.Bytes, isV6: false);
        Frame later = site.Client with { Fragment = 2, PayloadBytes = 8 };
        Outcome followed = _plane.Send(later);
        Assert.Equal("forwarded", followed.Verdict);
        Assert.Equal($"{guise.Local} -> {site.Real(1)}", Ends(followed.Bytes));
        Assert.Equal(0xffff, Frame.Sum(followed.Bytes.AsSpan(Frame.EthernetBytes, 20)));

        Frame answer = Back(site.Client) with { Source = site.Real(1), SourcePort = 8080, Target = guise.Local.ToString(), TargetPort = guise.Port };
        AssertIsAnswer(_plane.Send(answer with { Fragment = 0x2000, PayloadBytes = 8 }));
        Outcome back = _plane.Send(answer with { Fragment = 2, PayloadBytes = 8 });
        AssertIsAnswer(back);
        Assert.Equal($"{site.Vip} -> {site.Client.Source}", Ends(back.Bytes));
        Assert.Equal(0xffff, Frame.Sum(back.Bytes.AsSpan(Frame.EthernetBytes, 20)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OwnedLikeAVirtualAddress_OnlyTheHolderOfItsLease_Forwards(bool isV6)
    {
        Site site = new(Tcp, isV6);
        PlannedService service = site.Service(1);
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _plane.Apply(service with { LocalAddresses = [.. service.LocalAddresses.Select(local => local with { LeaseSlot = TestPlane.Lease })] });
        Outcome sent = _plane.Send(site.Client);
        Guise guise = Guise.Of(sent.Bytes, isV6);
        Frame answer = Back(site.Client) with { Source = site.Real(1), SourcePort = 8080, Target = guise.Local.ToString(), TargetPort = guise.Port };
        AssertIsAnswer(_plane.Send(answer));

        _plane.Plane.Leases.Release(TestPlane.Lease);

        Assert.Equal("not-armed", _plane.Send(site.Client.With(TcpFlags.Ack)).Verdict);
        Assert.Equal("not-armed", _plane.Send(site.Client with { SourcePort = 9 }).Verdict);
        Assert.Equal("not-vip", _plane.Send(answer).Verdict);
    }

    [Fact]
    public void ByAMark_AndOfAllPorts_TheAnswerHasWhatWasAskedFor()
    {
        const uint Mark = 9;
        Site site = new(Tcp, IsV6: false);
        PlannedService plain = site.Service(1);
        PlannedService marked = plain with { Key = ServiceKey.Of(TransportProtocol.Tcp, TransportEndpoint.OfMark(Mark, IpFamily.V4)), Servers = [.. plain.Servers.Select(server => server with { Address = server.Address with { Port = 0 } })] };
        _plane.Apply(marked);
        Frame asked = site.Client with { Target = "192.0.2.77", TargetPort = 8443 };
        Guise guise = Guise.Of(_plane.SendMarked(asked, Mark).Bytes, isV6: false);
        AssertAnswered(Back(asked) with { Source = site.Real(1), Target = guise.Local.ToString(), TargetPort = guise.Port }, Back(asked));

        PlannedService all = marked with { Key = plain.Key with { Address = plain.Key.Address with { Port = 0 } }, Persistence = TimeSpan.FromMinutes(5) };
        _plane.Apply(all);
        Frame other = site.Client with { TargetPort = 22, SourcePort = 9 };
        guise = Guise.Of(_plane.Send(other).Bytes, isV6: false);
        AssertAnswered(Back(other) with { Source = site.Real(1), Target = guise.Local.ToString(), TargetPort = guise.Port }, Back(other));
    }

    // The first filter is of 32768 bits: of so many clients one has the bit of a virtual address.
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void ClientOrLocalAddress_ThatLooksVirtualToTheFilter_GetsItsAnswers(bool isV6, bool isFull)
    {
        string alike = Enumerable.Range(1, 1_000_000).Select(i => isV6 ? $"2001:db8:e:{i >> 16:x}::{i & 0xffff:x}" : $"100.{64 + (i >> 16)}.{(i >> 8) & 255}.{i & 255}")
            .First(address => BitOf(address) == BitOf(isV6 ? TestPlane.Vip6 : TestPlane.Vip));
        Site site = new(Tcp, isV6) { Locals = [alike] };
        _plane.Apply(isFull ? site.Service(1) : site.Service(1) with { LocalAddresses = [] });
        Frame there = isFull ? site.Client : site.Client with { Source = alike };
        Guise guise = Guise.Of(_plane.Send(there).Bytes, isV6);

        AssertAnswered(Back(there) with { Source = site.Real(1), SourcePort = 8080, Target = guise.Local.ToString(), TargetPort = guise.Port }, Back(there));
    }

    private static uint BitOf(string address) => unchecked(Prefilter.Fold(IpAddress.Parse(address)) * 0x9e3779b1u) >> 17;

    [Fact]
    public void OtherAddressesInTheNextPlan_ConnectionsKeepTheirs()
    {
        Site site = new(Tcp, IsV6: false) { Locals = ["198.51.100.1"] };
        _plane.Apply(site.Service(1));
        Guise guise = Guise.Of(_plane.Send(site.Client).Bytes, isV6: false);

        Site moved = site with { Locals = ["198.51.100.9"] };
        _plane.Apply(moved.Service(1));

        Assert.Equal(guise, Guise.Of(_plane.Send(site.Client.With(TcpFlags.Ack)).Bytes, isV6: false));
        Assert.Equal("198.51.100.9", Guise.Of(_plane.Send(site.Client with { SourcePort = 9 }).Bytes, isV6: false).Local.ToString());
        AssertIsAnswer(_plane.Send(Back(site.Client) with { Source = site.Real(1), SourcePort = 8080, Target = guise.Local.ToString(), TargetPort = guise.Port }));
    }

    [Fact]
    public void Plan_ReadBack_IsTheSame_AndARestartedControlProcessGoesOn()
    {
        Site site = new(Tcp, IsV6: true);
        using var plane = new TestPlane();
        plane.Apply(site.Service(1));
        Guise guise = Guise.Of(plane.Send(site.Client).Bytes, isV6: true);
        long writes = plane.Plane.TableWrites;
        plane.Plane.Apply(plane.Plane.ReadPlan());
        Assert.Equal(writes, plane.Plane.TableWrites);

        plane.Restart();

        Assert.Equal(guise, Guise.Of(plane.Send(site.Client.With(TcpFlags.Ack)).Bytes, isV6: true));
        Assert.Equal(site.Locals, plane.Plane.ReadPlan().Services[0].LocalAddresses.Select(local => local.Address.ToString()));
    }

    private (int Guises, int Wearers) Remembered()
    {
        (int Guises, int Wearers) counts = default;
        _plane.WithTables(tables => counts = (
            tables.Guises.ReadRaw(tables.Guises.ValueSizeBytes).Count(), tables.Wearers.ReadRaw(tables.Wearers.ValueSizeBytes).Count()));
        return counts;
    }

    // As if connections had them that look like the one there is.
    private void Take(Guise from, Func<ushort, bool> all) => _plane.WithTables(tables =>
    {
        (byte[] key, byte[] value) = Assert.Single(tables.Wearers.ReadRaw(tables.Wearers.ValueSizeBytes));
        Assert.Equal(from.Port, BinaryPrimitives.ReadUInt16BigEndian(key.AsSpan(20)));
        for (int port = PmLimit.GuisePort; port < PmLimit.GuisePort + PmLimit.GuisePorts; port++)
        {
            if (all((ushort)port))
            {
                BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(20), (ushort)port);
                tables.Wearers.UpdateRaw(key, value);
            }
        }
    });

    private void Release(Func<ushort, bool> which) => _plane.WithTables(tables =>
    {
        foreach ((byte[] key, _) in tables.Wearers.ReadRaw(tables.Wearers.ValueSizeBytes).ToList())
        {
            if (which(BinaryPrimitives.ReadUInt16BigEndian(key.AsSpan(20))))
            {
                tables.Wearers.TryDelete(MemoryMarshal.Read<WearerKey>(key));
            }
        }
    });

    private void AssertAnswered(Frame answer, Frame expected)
    {
        Outcome back = _plane.Send(answer);
        AssertIsAnswer(back);
        int addresses = answer.IsV6 ? 22 : 26;
        Assert.Equal(expected.Build()[addresses..], back.Bytes[addresses..]);
    }

    // Where the kernel would send it is the host's affair.
    private static void AssertIsAnswer(Outcome outcome) =>
        Assert.Contains(outcome.Verdict, (string[])["answer-unrouted", "answer-passed", "answer-forwarded", "answer-redirected"]);

    // But for the hop it has gone.
    private static void AssertSameError(byte[] expected, byte[] found, bool isV6)
    {
        int addresses = isV6 ? 22 : 26;
        int quoted = Frame.EthernetBytes + (isV6 ? 40 + 8 : 20 + 8);
        int ports = quoted + (isV6 ? 40 : 20);
        Assert.Equal(expected[addresses..(quoted - 8 + 2)], found[addresses..(quoted - 8 + 2)]);
        Assert.Equal(expected[(ports - (isV6 ? 32 : 8))..(ports + 4)], found[(ports - (isV6 ? 32 : 8))..(ports + 4)]);
        ReadOnlySpan<byte> packet = found.AsSpan(Frame.EthernetBytes, expected.Length - Frame.EthernetBytes - 6);
        Assert.Equal(0xffff, isV6 ? Frame.TransportSum(packet, 40, 58) : Frame.Sum(packet[20..]));
        if (!isV6)
        {
            Assert.Equal(0xffff, Frame.Sum(packet[..20]));
            Assert.Equal(0xffff, Frame.Sum(found.AsSpan(quoted, 20)));
        }
    }

    private static Frame Back(Frame there) => there with
    {
        Source = there.Target, SourcePort = there.TargetPort, Target = there.Source, TargetPort = there.SourcePort,
    };

    private static string Ends(byte[] frame) =>
        $"{IpAddress.FromBytes(frame.AsSpan(26, 4))} -> {IpAddress.FromBytes(frame.AsSpan(30, 4))}";

    /// <summary>struct pm_guise.</summary>
    [System.Runtime.CompilerServices.InlineArray(28)]
    private struct WearerKey
    {
        private byte _first;
    }

    /// <summary>As whom the server sees the client.</summary>
    private readonly record struct Guise(IpAddress Local, ushort Port)
    {
        internal static Guise Of(byte[] frame, bool isV6) => new(
            IpAddress.FromBytes(isV6 ? frame.AsSpan(22, 16) : frame.AsSpan(26, 4)),
            BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(isV6 ? 54 : 34)));
    }

    /// <summary>A service by full NAT, and a client of it.</summary>
    private sealed record Site(byte Protocol, bool IsV6)
    {
        internal ImmutableArray<string> Locals { get; init; } = IsV6 ? ["2001:db8:f::1", "2001:db8:f::2"] : ["198.51.100.1", "198.51.100.2"];

        internal string Vip => IsV6 ? TestPlane.Vip6 : TestPlane.Vip;

        internal Frame Client => new() { Protocol = Protocol, Source = ClientAddress(0), Target = Vip };

        internal string ClientAddress(int number) => IsV6 ? $"2001:db8:c::{number + 5}" : $"203.0.113.{number + 5}";

        internal string Real(byte number) => IsV6 ? $"2001:db8:a::{number}" : $"10.0.0.{number}";

        internal string TargetOf(byte[] frame) => IpAddress.FromBytes(IsV6 ? frame.AsSpan(38, 16) : frame.AsSpan(30, 4)).ToString();

        internal PlannedService Service(params byte[] servers)
        {
            PlannedService plain = TestPlane.Service(SchedulerKind.Rr, [.. servers.Select(NatTests.Server)]);
            PlannedService shaped = IsV6 ? TestPlane.Six(plain) : plain;
            return shaped with
            {
                Key = shaped.Key with { Protocol = (TransportProtocol)Protocol },
                LocalAddresses = [.. Locals.Select(local => new LocalAddress(IpAddress.Parse(local), null))],
            };
        }
    }
}
