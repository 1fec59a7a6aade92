using System.Collections.Immutable;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Linux.Bpf;
using Pointsman.Wire;

namespace Pointsman.Dataplane.Tests;

/// <summary>The dead man's switch over IPv6: what ARP is to IPv4, neighbour discovery is here.</summary>
[Collection(PlaneCollection.Name)]
public sealed class NeighbourDiscoveryTests
{
    private const string Vip = "2001:db8::100";
    private const string Asker = "fe80::c1";
    private const byte Solicitation = 135;
    private const byte Advertisement = 136;
    private readonly TestPlane _plane;

    public NeighbourDiscoveryTests(SharedPlane shared)
    {
        _plane = shared.Fresh();
        _plane.Plane.Leases.Release(TestPlane.Lease);
        ImmutableArray<OwnedAddress> addresses = [new(IpAddress.Parse(Vip), TestPlane.Lease)];
        _plane.Plane.Apply(TestPlane.Plan(TestPlane.Leased(TestPlane.Server(1))) with { Addresses = addresses });
    }

    // RFC 4862 §5.4: the unspecified address asks whether the target is free.
    [Theory]
    [InlineData(Asker, "ff02::1:ff00:100")]
    [InlineData(Asker, Vip)]
    [InlineData("::", "ff02::1:ff00:100")]
    public void SolicitationForTheVip_WithoutLease_IsDropped(string source, string target)
    {
        Outcome outcome = _plane.Send(Message(Solicitation, Vip, source, target));
        Assert.Equal(("nd-lease-lapsed", XdpAction.Drop), (outcome.Verdict, outcome.Action));
    }

    [Fact]
    public void SolicitationForTheVip_WithLease_IsPassed()
    {
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        Outcome outcome = _plane.Send(Message(Solicitation, Vip));
        Assert.Equal(("nd", XdpAction.Pass), (outcome.Verdict, outcome.Action));
    }

    [Fact]
    public void SolicitationForAnotherAddress_IsPassed()
    {
        Assert.Equal("nd", _plane.Send(Message(Solicitation, "2001:db8::101")).Verdict);
        Assert.Equal("nd", _plane.Send(Message(Solicitation, "2001:db9::100")).Verdict);
    }

    [Fact]
    public void AddressesChange_TheNewOneIsGuardedAndTheOldOneIsNot()
    {
        ImmutableArray<OwnedAddress> addresses = [new(IpAddress.Parse("2001:db8::101"), TestPlane.Lease)];
        _plane.Plane.Apply(ForwardingPlan.Empty with { Addresses = addresses });
        Assert.Equal("nd", _plane.Send(Message(Solicitation, Vip)).Verdict);
        Assert.Equal("nd-lease-lapsed", _plane.Send(Message(Solicitation, "2001:db8::101")).Verdict);
    }

    [Fact]
    public void LapsedClaim_SuccessorAnnouncesTheVip_ForwardingEnds()
    {
        _plane.LetClaimLapse(forwards: TimeSpan.FromMinutes(1));
        _plane.Send(Message(Advertisement, "2001:db8::101"));
        Assert.Equal("forwarded", _plane.Send(new Frame()).Verdict);

        var announcement = new byte[NeighbourAdvertisement.FrameLengthBytes];
        new NeighbourAdvertisement { Owner = Frame.Mac("02:00:00:00:00:c2"), Target = IpAddress.Parse(Vip) }
            .Write(announcement);
        Assert.Equal("nd", _plane.Send(announcement).Verdict);
        Assert.Equal("not-armed", _plane.Send(new Frame()).Verdict);
    }

    [Fact]
    public void LivingClaim_SomebodyAnnouncesTheVip_ForwardingGoesOn()
    {
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _plane.Send(Message(Advertisement, Vip));
        Assert.Equal("forwarded", _plane.Send(new Frame()).Verdict);
    }

    // RFC 4861 §7.1.1, §7.1.2: such a message is no neighbour's, and nobody answers it.
    [Fact]
    public void MessageFromBeyondARouter_OrOfAnotherKind_DoesNothing()
    {
        _plane.LetClaimLapse(forwards: TimeSpan.FromMinutes(1));
        Assert.Equal("not-vip", _plane.Send(Message(Advertisement, Vip, hopLimit: 254)).Verdict);
        Assert.Equal("not-vip", _plane.Send(Message(Solicitation, Vip, hopLimit: 254)).Verdict);
        Assert.Equal("not-vip", _plane.Send(Message(Advertisement, Vip, code: 1)).Verdict);
        Assert.Equal("not-vip", _plane.Send(Message(Advertisement, Vip, protocol: 17)).Verdict);
        Assert.Equal("not-vip", _plane.Send(Message(137, Vip)).Verdict);
        Assert.Equal("forwarded", _plane.Send(new Frame()).Verdict);
    }

    [Fact]
    public void MessageCutShort_AtEveryLength_IsLeftToTheStack()
    {
        byte[] whole = Message(Solicitation, Vip);
        for (int length = Frame.EthernetBytes; length < whole.Length; length++)
        {
            string verdict = length < Frame.EthernetBytes + 40 ? "truncated-ip" : "not-vip";
            Assert.Equal((length, verdict), (length, _plane.Send(whole[..length]).Verdict));
        }
    }

    // Of an address without a service ARP is guarded alike.
    [Fact]
    public void Ipv4AddressWithoutAService_RequestWithoutLease_IsDropped()
    {
        ImmutableArray<OwnedAddress> addresses = [new(IpAddress.Parse("192.0.2.7"), TestPlane.Lease)];
        _plane.Plane.Apply(ForwardingPlan.Empty with { Addresses = addresses });
        Assert.Equal("arp-lease-lapsed", _plane.Send(ArpTests.Arp("192.0.2.7")).Verdict);
        Assert.Equal("arp", _plane.Send(ArpTests.Arp("192.0.2.8")).Verdict);
    }

    private static byte[] Message(
        byte type,
        string about,
        string source = Asker,
        string target = "ff02::1",
        byte hopLimit = 255,
        byte code = 0,
        byte protocol = 58)
    {
        const int MessageBytes = 24;
        var frame = new byte[Frame.EthernetBytes + Ipv6Header.LengthBytes + MessageBytes];
        Frame.Mac("33:33:ff:00:01:00").WriteBytes(frame);
        Frame.Mac("02:00:00:00:00:c1").WriteBytes(frame.AsSpan(6));
        new byte[] { 0x86, 0xdd }.CopyTo(frame, 12);
        new Ipv6Header
        {
            PayloadLengthBytes = MessageBytes,
            NextHeader = protocol,
            HopLimit = hopLimit,
            Source = IpAddress.Parse(source),
            Destination = IpAddress.Parse(target),
        }.Write(frame.AsSpan(Frame.EthernetBytes));
        Span<byte> message = frame.AsSpan(Frame.EthernetBytes + Ipv6Header.LengthBytes);
        message[0] = type;
        message[1] = code;
        IpAddress.Parse(about).WriteBytes(message[8..]);
        return frame;
    }
}
