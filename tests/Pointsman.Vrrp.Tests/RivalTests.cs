using Pointsman.Base;
using Pointsman.Vrrp.Rivals;
using Pointsman.Wire;
using Xunit;
using static Pointsman.Vrrp.Tests.RouterHarness;
using static Pointsman.Vrrp.VrrpActionKind;

namespace Pointsman.Vrrp.Tests;

/// <summary>Two masters are noticed although their adverts do not bring them together.</summary>
public sealed class RivalTests
{
    private const ulong RivalMac = 0x02_00_00_00_00_09;

    private static readonly VrrpInstanceSettings Ours = Instance() with
    {
        AuthPass = "1111", RivalProbeInterval = TimeSpan.FromSeconds(5),
    };

    private static readonly IpAddress OtherVip = IpAddress.Parse("10.0.0.200");

    private static string HigherMac => MacOf(Higher).ToString();

    [Fact]
    public void Backup_HearsNothing_AsksBeforeItsTimeIsOutAndIsNotLater()
    {
        RouterHarness node = new RouterHarness(Ours).Start().Hear(150, Higher);

        node.Advance(3.35);
        Assert.Equal([ProbeAddress, AskPeer], node.Deeds);
        Assert.Equal(Vip, node.Actions[0].PeerAddress);
        Assert.Equal(Higher, node.Actions[1].PeerAddress);

        node.Advance(0.26);
        Assert.Equal(VrrpState.Master, node.State);
    }

    [Fact]
    public void Backup_HearsItsMaster_AsksNobody()
    {
        RouterHarness node = new RouterHarness(Ours).Start();
        for (int second = 0; second < 100; second++)
        {
            Assert.DoesNotContain(ProbeAddress, node.Hear(150, Higher).Advance(1).Deeds);
        }
    }

    [Fact]
    public void Farewell_IsHeard_NobodyIsAsked()
    {
        RouterHarness node = new RouterHarness(Ours).Start().Hear(150, Higher).Advance(3.35);
        node.Hear(150, Higher).Hear(0, Higher).Advance(0.7);
        Assert.Equal(VrrpState.Master, node.State);
        Assert.DoesNotContain(ProbeAddress, node.Deeds);
    }

    [Fact]
    public void LastMaster_IsSilentAndAnswersArp_IsTold()
    {
        RouterHarness node = new RouterHarness(Ours).Start().Hear(150, Higher).Advance(3.35).Arp(Higher, MacOf(Higher).Bits);
        Assert.Equal(["(VI_1) 10.0.0.9, the last master, is silent, but its machine is alive: it answers ARP"], node.Log);
    }

    [Fact]
    public void Takeover_ButTheAddressIsAnsweredFor_SaysBeforeItWhatIsLikely()
    {
        RouterHarness node = new RouterHarness(Ours).Start().Hear(150, Higher).Advance(3.35).Arp(Vip, MacOf(Higher).Bits).Advance(0.3);

        Assert.Equal(VrrpState.Master, node.State);
        string[] log = [.. node.Log];
        Assert.Equal(
            $"(VI_1) another master: 10.0.0.100 is answered for by 10.0.0.9 ({HigherMac}) too, and nothing is heard from it: a firewall "
            + "drops VRRP (protocol 112), multicast does not pass, or its VRRP hangs; or it is a server that must not answer ARP",
            log[0]);
        Assert.Equal("(VI_1) Receive advertisement timeout", log[1]);
        Assert.Single(log, line => line.StartsWith("(VI_1) split brain: 10.0.0.100 is answered for", StringComparison.Ordinal));
        Assert.Equal(RivalCause.NothingHeard, node.Router.Instances[0].Rival!.Cause);
    }

    [Fact]
    public void Master_HearsAnotherAnswer_TellsItOnceAndItsEnd()
    {
        RouterHarness node = new RouterHarness(Ours).StartAsMaster().Advance(5);
        int told = 0;
        for (int second = 0; second < 60; second++)
        {
            told += node.Advance(1).Arp(Vip, RivalMac).Log.Count(line => line.Contains("split brain", StringComparison.Ordinal));
        }

        Assert.Equal(1, told);
        Assert.Equal(VrrpState.Master, node.State);
        Assert.Equal(60, node.Router.Instances[0].Counters.RivalClaims);
        Assert.Equal(1, node.Router.Instances[0].Counters.RivalsSeen);
        Assert.Contains("(VI_1) no other master is seen any more (it was 02:00:00:00:00:09)", node.Advance(12).Log);
        Assert.Null(node.Router.Instances[0].Rival);
    }

    [Fact]
    public void Master_Undisturbed_AsksForOneAddressAfterTheOther()
    {
        RouterHarness node = new RouterHarness(Ours with { VirtualAddresses = [Vip, OtherVip] }).StartAsMaster();
        node.Advance(16.5);
        Assert.Equal(
            [Vip, OtherVip, Vip, OtherVip],
            node.Actions.Where(action => action.Kind == ProbeAddress).Select(action => action.PeerAddress));
    }

    [Fact]
    public void OldMaster_AnswersForAMomentAfterTheTakeover_IsNoRival()
    {
        RouterHarness node = new RouterHarness(Ours).Start().Hear(50, Lower).Advance(3.7);
        Assert.Equal(VrrpState.Master, node.State);
        Assert.Empty(node.Advance(0.2).Arp(Vip, RivalMac).Log);
    }

    public static TheoryData<string, string> Differences => new()
    {
        { "password", "auth_pass differs: theirs `*2*`, ours `*1**`" },
        { "no password", "auth_type differs: theirs none, ours PASS" },
        { "interval", "advert_int differs: theirs 2 s, ours 1 s" },
        { "version", "the VRRP version differs: theirs 3, ours 2" },
        { "ttl", "they crossed a router, TTL: theirs 255, ours 255" },
        { "checksum", "the checksum is wrong: damaged on the way, or another reading of it: theirs 0x" },
    };

    [Theory]
    [MemberData(nameof(Differences))]
    public void Master_RejectsAnother_NamesBothValuesOnce(string what, string words)
    {
        RouterHarness node = new RouterHarness(Ours).StartAsMaster();
        byte[] bytes = Differing(what);

        string line = Assert.Single(
            node.Advance(1).Hear(bytes, Higher, timeToLive: what == "ttl" ? (byte)254 : (byte)255).Log,
            said => said.Contains("split brain", StringComparison.Ordinal));

        Assert.StartsWith($"(VI_1) split brain: adverts of 10.0.0.9 ({HigherMac}) are heard and rejected: ", line, StringComparison.Ordinal);
        Assert.Contains(words.Replace("theirs 255, ours", "theirs 254, ours", StringComparison.Ordinal), line, StringComparison.Ordinal);
        Assert.Equal(RivalCause.Rejected, node.Router.Instances[0].Rival!.Cause);
        Assert.DoesNotContain(node.Advance(1).Hear(bytes, Higher, timeToLive: what == "ttl" ? (byte)254 : (byte)255).Log, said => said.Contains("split", StringComparison.Ordinal));
    }

    [Fact]
    public void Master_RejectsAnother_AsksAtOnceWhoAnswers()
    {
        RouterHarness node = new RouterHarness(Ours).StartAsMaster().Advance(2.5).Hear(Differing("password"), Higher);
        Assert.Equal([ProbeAddress], node.Advance(0.01).Deeds);
        node.Arp(Vip, MacOf(Higher).Bits);
        Assert.Equal(Vip, node.Router.Instances[0].Rival!.Claimed);
        Assert.Equal(RivalCause.Rejected, node.Router.Instances[0].Rival!.Cause);
    }

    [Fact]
    public void RejectedNode_IsCorrected_IsNoRivalAnyMore()
    {
        RouterHarness node = new RouterHarness(Ours).StartAsMaster().Advance(1).Hear(Differing("password"), Lower);
        Assert.Contains("(VI_1) no other master is seen any more", string.Concat(node.Hear(50, Lower).Log), StringComparison.Ordinal);
    }

    [Fact]
    public void LowerMaster_GoesOnThoughAnswered_DoesNotHearUs()
    {
        RouterHarness node = new RouterHarness(Ours).StartAsMaster();
        Assert.DoesNotContain("split", string.Concat(node.Advance(1).Hear(50, Lower).Log), StringComparison.Ordinal);
        Assert.DoesNotContain("split", string.Concat(node.Advance(1).Hear(50, Lower).Log), StringComparison.Ordinal);
        Assert.Contains(
            $"split brain: 10.0.0.1 ({MacOf(Lower)}) goes on as a lower master: our adverts do not reach it (a firewall there, one way only), or it rejects them",
            string.Concat(node.Advance(1).Hear(50, Lower).Log),
            StringComparison.Ordinal);
        Assert.Equal(RivalCause.Unheard, node.Router.Instances[0].Rival!.Cause);
    }

    [Fact]
    public void LowerMaster_OfAnotherAddressList_IsNamedWithBothLists()
    {
        RouterHarness node = new RouterHarness(Ours).StartAsMaster();
        byte[] bytes = Advert(Ours with { VirtualAddresses = [Vip, OtherVip] }, 50);
        for (int second = 0; second < 3; second++)
        {
            node.Advance(1).Hear(bytes, Lower);
        }

        Assert.Equal(RivalCause.AddressList, node.Router.Instances[0].Rival!.Cause);
        Assert.Equal(
            ("10.0.0.100 10.0.0.200", "10.0.0.100"),
            (node.Router.Instances[0].Rival!.Theirs, node.Router.Instances[0].Rival!.Ours));
    }

    [Fact]
    public void OtherRouterId_WithOurAddress_IsNamedWithBothIds()
    {
        RouterHarness node = new RouterHarness(Ours).StartAsMaster();
        byte[] bytes = Advert(Ours with { VirtualRouterId = 52 }, 150);
        Assert.Equal(
            [$"(VI_1) split brain: 10.0.0.9 ({HigherMac}) advertises our addresses under another virtual_router_id: theirs 52, ours 51"],
            node.Advance(1).HearOtherRouterId(bytes, Higher).Log);
        Assert.Empty(node.HearOtherRouterId(Advert(Ours with { VirtualRouterId = 53, VirtualAddresses = [OtherVip] }, 9), Lower).Log);
    }

    [Theory]
    [InlineData("1111")]
    [InlineData("other")]
    public void ForeignCluster_UsesOurRouterId_IsNamedWithItsAddresses(string password)
    {
        RouterHarness node = new RouterHarness(Ours).StartAsMaster();
        byte[] bytes = Advert(Ours with { AuthPass = password, VirtualAddresses = [OtherVip] }, 50);
        string line = Assert.Single(
            node.Advance(1).Hear(bytes, Higher).Log, said => said.Contains("foreign", StringComparison.Ordinal));
        Assert.Contains(
            $"foreign cluster 10.0.0.9 ({HigherMac}) uses our virtual_router_id for other addresses: theirs 10.0.0.200, ours 10.0.0.100",
            line,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Hold_AddressIsAnsweredFor_DoesNotTakeItUntilItIsNot()
    {
        RouterHarness node = new RouterHarness(Ours with { RivalPolicy = RivalPolicy.Hold }).Start().Hear(150, Higher).Advance(3.35);
        int held = 0;
        for (int second = 0; second < 30; second++)
        {
            node.Arp(Vip, MacOf(Higher).Bits).Advance(1);
            held += node.Log.Count(line => line.Contains("not taking over: 10.0.0.100 is still answered for by", StringComparison.Ordinal));
            Assert.Equal(VrrpState.Backup, node.State);
        }

        Assert.Equal(1, held);
        Assert.True(node.Router.Instances[0].Counters.TakeoversHeld > 20);
        Assert.Equal(VrrpState.Master, node.Advance(1.2).State);
    }

    [Fact]
    public void Hold_NobodyAnswers_TakesOverASecondLookLater()
    {
        RouterHarness node = new RouterHarness(Ours with { RivalPolicy = RivalPolicy.Hold }).Start().Hear(150, Higher);
        Assert.Equal(VrrpState.Backup, node.Advance(3.65).State);
        Assert.Equal(VrrpState.Master, node.Advance(0.1).State);
    }

    [Fact]
    public void Hold_LowerMasterIsHeard_IsPreemptedAllTheSame()
    {
        RouterHarness node = new RouterHarness(Ours with { RivalPolicy = RivalPolicy.Hold }).Start();
        for (int second = 0; second < 4; second++)
        {
            node.Hear(50, Lower).Arp(Vip, MacOf(Lower).Bits).Advance(1);
        }

        Assert.Equal(VrrpState.Master, node.State);
    }

    // Found by the simulation, seed 339: between two of its adverts our own time is out, more than once.
    [Fact]
    public void Hold_LowerMasterThatSpeaksMoreSeldomThanWe_IsPreemptedAllTheSame()
    {
        VrrpInstanceSettings fast = Ours with
        {
            Version = 3, AuthPass = null, AdvertInterval = TimeSpan.FromSeconds(0.05), RivalPolicy = RivalPolicy.Hold, ChecksumForm = VrrpChecksumForm.PseudoHeader,
        };
        RouterHarness node = new RouterHarness(fast).Start();
        for (int advert = 0; advert < 2; advert++)
        {
            node.Hear(Advert(fast with { AdvertInterval = TimeSpan.FromSeconds(0.25) }, 50, Lower), Lower);
            for (int hundredth = 0; hundredth < 25; hundredth++)
            {
                node.Arp(Vip, MacOf(Lower).Bits).Advance(0.01);
            }
        }

        Assert.Equal(VrrpState.Master, node.State);
        Assert.DoesNotContain(node.Log, line => line.Contains("nothing is heard", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(RivalPolicy.Announce, VrrpState.Master)]
    [InlineData(RivalPolicy.Hold, VrrpState.Master)]
    [InlineData(RivalPolicy.Yield, VrrpState.Backup)]
    public void Master_AnotherAnswersUnheard_FollowsItsPolicy(RivalPolicy policy, VrrpState expected)
    {
        RouterHarness node = new RouterHarness(Ours with { RivalPolicy = policy }).StartAsMaster().Advance(5).Arp(Vip, RivalMac);
        Assert.Equal(expected, node.State);
        if (expected == VrrpState.Backup)
        {
            Assert.Equal([Disarm, RemoveAddresses], node.Deeds);
            Assert.Contains("(VI_1) Entering BACKUP STATE (10.0.0.100 is answered for by 02:00:00:00:00:09, too: split_brain yield)", node.Log);
        }
    }

    [Fact]
    public void Yield_LowerMasterIsHeard_TheElectionDecides()
    {
        RouterHarness node = new RouterHarness(Ours with { RivalPolicy = RivalPolicy.Yield }).StartAsMaster().Advance(5);
        node.Hear(50, Lower).Arp(Vip, MacOf(Lower).Bits);
        Assert.Equal(VrrpState.Master, node.State);
        Assert.Equal(RivalCause.Unexplained, node.Router.Instances[0].Rival!.Cause);
    }

    [Fact]
    public void Yielded_RivalIsGone_TakesOverAgain()
    {
        RouterHarness node = new RouterHarness(Ours with { RivalPolicy = RivalPolicy.Yield }).StartAsMaster().Advance(5).Arp(Vip, RivalMac);
        node.Advance(4.9).Arp(Vip, RivalMac).Advance(1);
        Assert.Equal(VrrpState.Backup, node.State);
        Assert.Equal(VrrpState.Master, node.Advance(3).State);
    }

    [Fact]
    public void SyncGroup_OneMemberYields_AllDo()
    {
        VrrpInstanceSettings second = Instance("VI_2") with { VirtualAddresses = [OtherVip], RivalProbeInterval = TimeSpan.FromSeconds(5) };
        RouterHarness node = new RouterHarness(Group(Ours with { RivalPolicy = RivalPolicy.Yield }, second)).StartAsMaster().Advance(5);
        node.Arp(Vip, RivalMac);
        Assert.All(node.Router.Instances, instance => Assert.Equal(VrrpState.Backup, instance.State));
    }

    [Fact]
    public void RejectedAdverts_Recurring_AllocateNothing()
    {
        RouterHarness node = new RouterHarness(Ours).StartAsMaster();
        byte[] bytes = Differing("password");
        for (int second = 0; second < 20; second++)
        {
            node.Advance(1).Hear(bytes, Higher).Arp(Vip, MacOf(Higher).Bits);
        }

        var packet = new ReceivedAdvert { Source = Higher, SourceMac = MacOf(Higher), TimeToLive = 255, Bytes = bytes };
        node.Actions.Clear();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            node.Router.OnAdvert(node.Now, 0, packet, node.Actions);
            node.Router.OnClaim(node.Now, Vip, MacOf(Higher), node.Actions);
            node.Actions.Clear();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void StrangersShoutEachOther_Down_IsOneLineASecondAtMost()
    {
        RouterHarness node = new RouterHarness(Ours).StartAsMaster();
        int told = 0;
        for (int i = 0; i < 1000; i++)
        {
            byte[] bytes = Advert(Ours with { AuthPass = $"{i}" }, 150);
            told += node.Advance(0.01).Hear(bytes, IpAddress.FromV4Bits(Higher.V4Bits + ((uint)i % 5))).Log
                .Count(line => line.Contains("split brain", StringComparison.Ordinal));
        }

        Assert.InRange(told, 1, 11);
    }

    private static byte[] Differing(string what)
    {
        byte[] bytes = what switch
        {
            "password" => Advert(Ours with { AuthPass = "121" }, 150),
            "no password" => Advert(Ours with { AuthPass = null }, 150),
            "version" => Advert(Ours with { Version = 3, AuthPass = null }, 150),
            "interval" => Advert(Ours with { AdvertInterval = TimeSpan.FromSeconds(2) }, 150),
            _ => Advert(Ours, 150),
        };
        if (what == "checksum")
        {
            bytes[7] ^= 0xff;
        }

        return bytes;
    }
}
