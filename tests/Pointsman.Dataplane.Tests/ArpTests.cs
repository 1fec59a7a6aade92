using Pointsman.Base;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tests;

[Collection(PlaneCollection.Name)]
public sealed class ArpTests
{
    private readonly TestPlane _plane;

    public ArpTests(SharedPlane shared)
    {
        _plane = shared.Fresh();
        _plane.Plane.Leases.Release(TestPlane.Lease);
        _plane.Apply(TestPlane.Leased(TestPlane.Server(1)));
    }

    [Fact]
    public void RequestForTheVip_WithoutLease_IsDropped()
    {
        Outcome outcome = _plane.Send(Arp(TestPlane.Vip));
        Assert.Equal(("arp-lease-lapsed", XdpAction.Drop), (outcome.Verdict, outcome.Action));
    }

    [Fact]
    public void RequestForTheVip_WithLease_IsPassed()
    {
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        Outcome outcome = _plane.Send(Arp(TestPlane.Vip));
        Assert.Equal(("arp", XdpAction.Pass), (outcome.Verdict, outcome.Action));
    }

    // RFC 5227 §3: an announcement is a request for the sender's own address; some announce by an answer.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void LapsedClaim_SuccessorAnnouncesItself_ForwardingEnds(byte operation)
    {
        _plane.LetClaimLapse(forwards: TimeSpan.FromMinutes(1));
        Assert.Equal("forwarded", _plane.Send(new Frame()).Verdict);

        _plane.Send(Arp("192.0.2.1", operation, sender: "192.0.2.2"));
        Assert.Equal("forwarded", _plane.Send(new Frame()).Verdict);
        _plane.Send(Arp(TestPlane.Vip, operation, sender: TestPlane.Vip));
        Assert.Equal("not-armed", _plane.Send(new Frame()).Verdict);
    }

    [Fact]
    public void LivingClaim_SomebodyAnnouncesTheVip_ForwardingGoesOn()
    {
        _plane.Plane.Leases.Renew(TestPlane.Lease, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _plane.Send(Arp(TestPlane.Vip, sender: TestPlane.Vip));
        Assert.Equal("forwarded", _plane.Send(new Frame()).Verdict);
    }

    [Fact]
    public void RequestForAnotherAddress_OrAnswer_IsPassed()
    {
        Assert.Equal("arp", _plane.Send(Arp("192.0.2.1")).Verdict);
        Assert.Equal("arp", _plane.Send(Arp(TestPlane.Vip, operation: 2)).Verdict);
    }

    [Fact]
    public void ServiceThatNeedsNoLease_RequestIsPassed()
    {
        _plane.Apply(TestPlane.Service(Balance.SchedulerKind.Rr, TestPlane.Server(1)));
        Assert.Equal("arp", _plane.Send(Arp(TestPlane.Vip)).Verdict);
    }

    [Fact]
    public void RequestCutShort_AtEveryLength_IsLeftToTheStack()
    {
        byte[] whole = Arp(TestPlane.Vip);
        for (int length = Frame.EthernetBytes; length < whole.Length; length++)
        {
            Assert.Equal("arp", _plane.Send(whole[..length]).Verdict);
        }
    }

    // RFC 826, for Ethernet and IPv4.
    internal static byte[] Arp(string target, byte operation = 1, string sender = "192.0.2.9")
    {
        var frame = new byte[Frame.EthernetBytes + 28];
        MacAddress.Broadcast.WriteBytes(frame);
        Frame.Mac("02:00:00:00:00:c1").WriteBytes(frame.AsSpan(6));
        new byte[] { 8, 6, 0, 1, 8, 0, 6, 4, 0, operation }.CopyTo(frame, 12);
        Frame.Mac("02:00:00:00:00:c1").WriteBytes(frame.AsSpan(22));
        IpAddress.Parse(sender).WriteBytes(frame.AsSpan(28));
        IpAddress.Parse(target).WriteBytes(frame.AsSpan(38));
        return frame;
    }
}
