using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Bfd.Tests;

/// <summary>RFC 5880 §6: two sessions, a wire, and what must become of them.</summary>
public sealed class BfdSessionTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    [Fact]
    public void BothSpeak_ThreeWayHandshake_BothUp()
    {
        TwoNodes nodes = new TwoNodes().Start();
        nodes.Advance(Long);
        Assert.Equal((BfdState.Up, BfdState.Up), (nodes.Left.State, nodes.Right.State));
        Assert.Contains("left Init -> Up", nodes.Changes);
        Assert.Equal((22u, 11u), (nodes.Left.RemoteDiscriminator, nodes.Right.RemoteDiscriminator));
    }

    [Fact]
    public void NotUp_SpeaksOnceASecondAtMost_UpItSpeaksAtTheAgreedPaceWithJitter()
    {
        TwoNodes nodes = new TwoNodes(right: right => right with { MinRx = TimeSpan.FromMilliseconds(50) }).Start();
        nodes.RightIsDeaf = nodes.LeftIsDeaf = true;
        nodes.Advance(Long);
        AssertDistances(nodes, "left", from: 0, 750, 1000);

        nodes.RightIsDeaf = nodes.LeftIsDeaf = false;
        nodes.Advance(Long);
        int settled = nodes.Seen.Count;
        nodes.Advance(Long);
        AssertDistances(nodes, "left", settled, 37.5, 50);
        AssertDistances(nodes, "right", settled, 7.5, 10);
    }

    [Fact]
    public void MultiplierIsOne_JitterKeepsATenthInHand()
    {
        TwoNodes nodes = Up(left => left with { Multiplier = 1, MinTx = TimeSpan.FromMilliseconds(100) });
        int settled = nodes.Seen.Count;
        nodes.Advance(Long);
        AssertDistances(nodes, "left", settled, 75, 90);
    }

    [Fact]
    public void Silence_LastsForTheDetectionTime_PathIsDownAndTheReasonIsTold()
    {
        TwoNodes nodes = Up();
        nodes.LeftIsDeaf = true;
        Instant cut = nodes.Now;
        nodes.Changes.Clear();
        while (nodes.Left.State == BfdState.Up)
        {
            nodes.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange((nodes.Now - cut).TotalMilliseconds, 39, 52);
        Assert.Equal(TimeSpan.FromMilliseconds(50), nodes.Left.DetectionTime);
        Assert.Equal(0u, nodes.Left.RemoteDiscriminator);
        nodes.Advance(Long);
        Assert.Equal(
            ["left Up -> Down (ControlDetectionTimeExpired)", "right Up -> Down (NeighborSignaledDown)"], nodes.Changes.Take(2));
        Assert.NotEqual(BfdState.Up, nodes.Right.State);

        nodes.LeftIsDeaf = false;
        nodes.Advance(Long);
        Assert.Equal((BfdState.Up, BfdState.Up), (nodes.Left.State, nodes.Right.State));
    }

    [Fact]
    public void GoesUp_PollsUntilItHearsFinal_EachPollIsAnsweredAtOnce()
    {
        TwoNodes nodes = Up();
        Assert.Contains(nodes.Seen, seen => seen is { From: "left", Packet: { IsPoll: true, State: BfdState.Up } });
        Assert.Contains(nodes.Seen, seen => seen is { From: "right", Packet.IsFinal: true });
        int settled = nodes.Seen.Count;
        nodes.Advance(Long);
        Assert.DoesNotContain(nodes.Seen.Skip(settled), seen => seen.Packet.IsPoll || seen.Packet.IsFinal);
        Assert.DoesNotContain(nodes.Seen, seen => seen.Packet is { IsPoll: true, IsFinal: true });
    }

    [Fact]
    public void Passive_SaysNothingUntilSpokenTo_AndFallsSilentWhenThePeerIsLost()
    {
        var nodes = new TwoNodes(left => left with { IsPassive = true });
        nodes.RightIsDeaf = true;
        nodes.LeftIsDeaf = true;
        nodes.Start().Advance(Long);
        Assert.DoesNotContain(nodes.Seen, seen => seen.From == "left");

        nodes.RightIsDeaf = nodes.LeftIsDeaf = false;
        nodes.Advance(Long);
        Assert.Equal(BfdState.Up, nodes.Left.State);

        nodes.LeftIsDeaf = true;
        nodes.Advance(Long);
        int settled = nodes.Seen.Count;
        nodes.Advance(Long);
        Assert.DoesNotContain(nodes.Seen.Skip(settled), seen => seen.From == "left");
    }

    [Fact]
    public void BothArePassive_NobodyBegins()
    {
        TwoNodes nodes = new TwoNodes(left => left with { IsPassive = true }, right => right with { IsPassive = true }).Start();
        nodes.Advance(Long);
        Assert.Empty(nodes.Seen);
    }

    [Fact]
    public void Stopped_TellsAdminDown_ThePeerGoesDownAndDoesNotComeUp()
    {
        TwoNodes nodes = Up();
        nodes.Stop(nodes.Right);
        nodes.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(BfdState.Down, nodes.Left.State);
        Assert.Equal(BfdDiagnostic.NeighborSignaledDown, nodes.Left.Diagnostic);
        Assert.Null(nodes.Right.Deadline);
        nodes.Advance(Long);
        Assert.Equal(BfdState.Down, nodes.Left.State);
        Assert.Equal(BfdState.AdminDown, nodes.Right.State);
    }

    [Fact]
    public void PeerWantsNoPeriodicPackets_NoneAreSent()
    {
        TwoNodes nodes = Up();
        nodes.RightIsDeaf = nodes.LeftIsDeaf = true;
        Assert.Null(nodes.Hear(nodes.Left, Packet() with { State = BfdState.Up, RequiredMinRxUs = 0, Multiplier = 200, DesiredMinTxUs = 1_000_000 }));
        nodes.Advance(TimeSpan.FromMilliseconds(20));
        int settled = nodes.Seen.Count(seen => seen.From == "left");
        nodes.Advance(Long);
        Assert.Equal(settled, nodes.Seen.Count(seen => seen.From == "left"));
    }

    [Theory]
    [InlineData(254, 0, BfdDiscardReason.Hops)]
    [InlineData(255, 0, null)]
    [InlineData(253, 2, null)]
    [InlineData(252, 2, BfdDiscardReason.Hops)]
    [InlineData(1, -1, null)]
    public void TimeToLive_OverMoreRoutersThanAllowed_IsDiscarded(int timeToLive, int maxHops, BfdDiscardReason? expected)
    {
        TwoNodes nodes = new TwoNodes(left => left with { MaxHops = maxHops }).Start();
        Assert.Equal(expected, nodes.Hear(nodes.Left, Packet() with { YourDiscriminator = 0, State = BfdState.Down }, timeToLive));
        Assert.Equal(expected is null ? BfdState.Init : BfdState.Down, nodes.Left.State);
    }

    [Fact]
    public void HostilePackets_AreDiscardedWithTheirReason_AndChangeNothing()
    {
        TwoNodes nodes = Up();
        Instant? deadline = nodes.Left.Deadline;
        Assert.Equal(BfdDiscardReason.Discriminator, nodes.Hear(nodes.Left, Packet() with { YourDiscriminator = 12, State = BfdState.Down }));
        Assert.Equal(BfdDiscardReason.State, nodes.Hear(nodes.Left, Packet() with { YourDiscriminator = 0, State = BfdState.Up }));
        Assert.Equal(BfdDiscardReason.Demand, nodes.Hear(nodes.Left, Packet() with { IsDemand = true }));
        Assert.Equal(BfdDiscardReason.PollAndFinal, nodes.Hear(nodes.Left, Packet() with { IsPoll = true, IsFinal = true }));
        Assert.Equal((BfdState.Up, deadline), (nodes.Left.State, nodes.Left.Deadline));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomPackets_NeverBreakASession_AndItRecovers(int seed)
    {
        var random = new Prng((ulong)seed);
        TwoNodes nodes = Up();
        Span<byte> bytes = stackalloc byte[BfdControlPacket.LengthBytes];
        for (int i = 0; i < 20_000; i++)
        {
            Packet().Write(bytes);
            for (int changes = random.NextInt(6); changes >= 0; changes--)
            {
                bytes[random.NextInt(bytes.Length)] = (byte)random.NextInt(256);
            }

            if (BfdControlPacket.TryParse(bytes, out BfdControlPacket packet) == BfdParseError.None)
            {
                nodes.Hear(random.OneIn(2) ? nodes.Left : nodes.Right, packet, random.NextInt(256));
            }

            nodes.Advance(TimeSpan.FromMicroseconds(random.NextInt(3000)));
        }

        // A multiplier of 255 times an hour may have been heard last; the true peer's next packet says otherwise.
        nodes.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((BfdState.Up, BfdState.Up), (nodes.Left.State, nodes.Right.State));
    }

    private static TwoNodes Up(Func<BfdSessionSettings, BfdSessionSettings>? left = null)
    {
        TwoNodes nodes = new TwoNodes(left).Start();
        nodes.Advance(Long);
        Assert.Equal((BfdState.Up, BfdState.Up), (nodes.Left.State, nodes.Right.State));
        return nodes;
    }

    private static BfdControlPacket Packet() => new()
    {
        State = BfdState.Up, Multiplier = 5, MyDiscriminator = 22, YourDiscriminator = 11, DesiredMinTxUs = 10_000, RequiredMinRxUs = 10_000,
    };

    private static void AssertDistances(TwoNodes nodes, string node, int from, double leastMs, double mostMs)
    {
        Instant[] at = [.. nodes.Seen.Skip(from).Where(seen => seen.From == node).Select(seen => seen.At)];
        Assert.True(at.Length > 4, $"{at.Length} packets");
        double[] distances = [.. at.Zip(at.Skip(1), (one, next) => (next - one).TotalMilliseconds)];
        Assert.InRange(distances.Min(), leastMs, mostMs);
        Assert.InRange(distances.Max(), leastMs, mostMs);
        Assert.True(distances.Max() - distances.Min() > (mostMs - leastMs) / 4, "no jitter");
    }
}
