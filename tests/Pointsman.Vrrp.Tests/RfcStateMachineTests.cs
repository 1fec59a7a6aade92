using Pointsman.Base;
using Pointsman.Tests;
using Xunit;
using static Pointsman.Vrrp.Tests.RouterHarness;
using static Pointsman.Vrrp.VrrpActionKind;

namespace Pointsman.Vrrp.Tests;

/// <summary>The rules of §6.4 of both RFCs, each in version 2, in version 3 over IPv4 and in version 3 over IPv6.</summary>
public sealed class RfcStateMachineTests
{
    private const string Version2 = "2";
    private const string Version3 = "3";
    private const string Version3OverIpv6 = "3 over IPv6";

    public static TheoryData<string> Versions => [Version2, Version3, Version3OverIpv6];

    public static TheoryData<string> Versions3 => [Version3, Version3OverIpv6];

    [Theory]
    [MemberData(nameof(Versions))]
    [Rfc("9568-6.4.1-1")]
    [Rfc("3768-6.4.1-1")]
    public void Start_OfTheOwner_SpeaksAnnouncesAndIsMaster(string version)
    {
        RouterHarness node = new RouterHarness(Settings(version, priority: 255) with { StartsAsMaster = true }).Start();

        Assert.Equal(VrrpState.Master, node.State);
        Assert.Equal([SendAdvert, AddAddresses, Arm, AnnounceAddresses], node.Deeds.Except([Disarm, RemoveAddresses]));
        Assert.Equal(255, node.Actions.First(action => action.Kind == SendAdvert).Priority);
        Assert.Equal(Interval(node), node.Router.Deadline - node.Now);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Rfc("9568-6.4.1-2")]
    [Rfc("3768-6.4.1-2")]
    public void Start_OfAnother_WaitsForAsLongAsAMasterMayBeSilent(string version)
    {
        RouterHarness node = new RouterHarness(Settings(version)).Start();

        Assert.Equal(VrrpState.Backup, node.State);
        Assert.Equal((3 * Interval(node)) + node.Router.Instances[0].SkewTime, node.Router.Deadline - node.Now);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Rfc("9568-6.4.2-6")]
    [Rfc("9568-6.4.3-6")]
    [Rfc("9568-8.1.2-5")]
    [Rfc("9568-8.2.2-6")]
    [Rfc("3768-6.4.2-4")]
    [Rfc("3768-6.4.3-4")]
    [Rfc("3768-8.2-5")]
    public void Backup_HearsNobody_SpeaksTakesTheAddressesAndOnlyThenAnnouncesThem(string version)
    {
        RouterHarness node = new RouterHarness(Settings(version)).StartAsMaster();

        Assert.Equal(VrrpState.Master, node.State);
        Assert.Equal([SendAdvert, AddAddresses, Arm, AnnounceAddresses], node.Deeds);
        Assert.Equal(100, node.Actions.First(action => action.Kind == SendAdvert).Priority);
        Assert.Equal(Interval(node), node.Router.Deadline - node.Now);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Rfc("9568-6.4.2-9")]
    [Rfc("3768-6.4.2-5")]
    public void Backup_HearsItsMasterLeave_WaitsItsSkewTimeOnly(string version)
    {
        RouterHarness node = new RouterHarness(Settings(version)).Start();
        node.Hear(150, LowerOf(version)).Hear(0, LowerOf(version));

        Assert.Equal(node.Router.Instances[0].SkewTime, node.Router.Deadline - node.Now);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Rfc("9568-6.4.2-10")]
    [Rfc("3768-6.4.2-6")]
    public void Backup_HearsAsHighAPriority_WaitsAnew(string version)
    {
        foreach (byte priority in new byte[] { 100, 101, 255 })
        {
            RouterHarness node = new RouterHarness(Settings(version)).Start();
            node.Advance(2 * Interval(node)).Hear(priority, LowerOf(version));

            Assert.Equal(node.Router.Instances[0].MasterDownTime, node.Router.Deadline - node.Now);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Rfc("9568-6.4.2-10")]
    [Rfc("3768-6.4.2-6")]
    public void BackupThatMustNotPreempt_HearsALowerPriority_WaitsAnew(string version)
    {
        RouterHarness node = new RouterHarness(Settings(version) with { Nopreempt = true }).Start();
        node.Advance(2 * Interval(node)).Hear(99, HigherOf(version));

        Assert.Equal(node.Router.Instances[0].MasterDownTime, node.Router.Deadline - node.Now);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Rfc("9568-6.4.2-11")]
    [Rfc("3768-6.4.2-7")]
    public void Backup_HearsALowerPriority_LetsItsTimeRunOut(string version)
    {
        RouterHarness node = new RouterHarness(Settings(version)).Start();
        Instant? due = node.Router.Deadline;
        node.Advance(2 * Interval(node)).Hear(99, HigherOf(version));

        Assert.Equal(due, node.Router.Deadline);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Rfc("9568-6.1-7")]
    [Rfc("3768-6.1-4")]
    public void Owner_HearsALowerPriority_TakesOverAlsoWhereItsSettingsSayNot(string version)
    {
        RouterHarness node = new RouterHarness(Settings(version, priority: 255) with { Nopreempt = true }).Start();
        Instant? due = node.Router.Deadline;
        node.Advance(2 * Interval(node)).Hear(254, HigherOf(version));

        Assert.Equal(due, node.Router.Deadline);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Rfc("9568-6.4.2-12")]
    [Rfc("3768-6.4.2-8")]
    public void Backup_IsStopped_IsSilentAndWaitsForNothing(string version)
    {
        RouterHarness node = new RouterHarness(Settings(version)).Start().Stop();

        Assert.Equal(VrrpState.Initialize, node.State);
        Assert.Empty(node.Deeds);
        Assert.Null(node.Router.Deadline);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Rfc("9568-6.4.3-8")]
    [Rfc("9568-5.2.4-3")]
    [Rfc("3768-6.4.3-5")]
    [Rfc("3768-5.3.4-3")]
    public void Master_IsStopped_SaysPriorityZeroAndEnds(string version)
    {
        RouterHarness node = new RouterHarness(Settings(version)).StartAsMaster().Stop();

        VrrpAction farewell = Assert.Single(node.Actions, action => action.Kind == SendAdvert);
        Assert.Equal(0, farewell.Priority);
        Assert.DoesNotContain(SendAdvert, node.Advance(10).Deeds);
        Assert.Equal(VrrpState.Initialize, node.State);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Rfc("9568-6.4.3-9")]
    [Rfc("3768-6.4.3-6")]
    public void Master_IsUndisturbed_SpeaksEachInterval(string version)
    {
        var node = new RouterHarness(Settings(version) with { GarpMasterDelay = TimeSpan.Zero });
        node.StartAsMaster().Advance(3.5 * Interval(node));

        Assert.Equal([SendAdvert, RenewLease, SendAdvert, RenewLease, SendAdvert, RenewLease], node.Deeds);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Rfc("9568-6.4.3-10")]
    [Rfc("3768-6.4.3-7")]
    public void Master_HearsAnotherLeave_SpeaksAtOnceAndAgainAfterAnInterval(string version)
    {
        RouterHarness node = new RouterHarness(Settings(version)).StartAsMaster();
        node.Advance(0.5 * Interval(node)).Hear(0, HigherOf(version));

        Assert.Equal(VrrpState.Master, node.State);
        Assert.Equal([LearnPeer, SendAdvert, RenewLease], node.Deeds);
        Assert.Equal(Interval(node), node.Router.Deadline - node.Now);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Rfc("9568-6.4.3-11")]
    [Rfc("9568-6.4.2-5")]
    [Rfc("3768-6.4.3-8")]
    [Rfc("3768-6.4.2-3")]
    public void Master_HearsAHigherRank_LetsGoOfTheAddressesAndIsSilent(string version)
    {
        foreach ((byte priority, IpAddress from) in new[] { ((byte)101, LowerOf(version)), ((byte)100, HigherOf(version)) })
        {
            RouterHarness node = new RouterHarness(Settings(version)).StartAsMaster().Hear(priority, from);

            Assert.Equal(VrrpState.Backup, node.State);
            Assert.Equal([Disarm, RemoveAddresses], node.Deeds.Where(deed => deed is not (LearnPeer or SendAdvert)));
            Assert.Equal(node.Router.Instances[0].MasterDownTime, node.Router.Deadline - node.Now);
            Assert.Empty(node.Advance(2 * Interval(node)).Deeds);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Rfc("9568-6.4.3-13")]
    public void Master_HearsALowerRank_StaysAndSpeaksAtOnce(string version)
    {
        foreach ((byte priority, IpAddress from) in new[] { ((byte)99, HigherOf(version)), ((byte)100, LowerOf(version)) })
        {
            RouterHarness node = new RouterHarness(Settings(version)).StartAsMaster();
            node.Advance(0.5 * Interval(node)).Hear(priority, from);

            Assert.Equal(VrrpState.Master, node.State);
            Assert.Contains(SendAdvert, node.Deeds);
        }
    }

    [Theory]
    [InlineData(Version3, "127.0.0.1", "128.0.0.1")]
    [InlineData(Version3, "10.0.0.200", "10.0.1.1")]
    [InlineData(Version3OverIpv6, "fe80::7fff:ffff:ffff:ffff", "fe80::8000:0:0:0")]
    [InlineData(Version3OverIpv6, "fe80::ff", "fe80::1:0")]
    [Rfc("9568-6.4.3-14")]
    public void EqualPriorities_GoByTheAddressesAsNumbersWithoutASign(string version, string lower, string higher)
    {
        Assert.Equal(VrrpState.Backup, AsMaster(lower).Hear(100, IpAddress.Parse(higher)).State);
        Assert.Equal(VrrpState.Master, AsMaster(higher).Hear(100, IpAddress.Parse(lower)).State);

        RouterHarness AsMaster(string address) =>
            new RouterHarness(Settings(version)).SourceAddress(IpAddress.Parse(address)).StartAsMaster();
    }

    [Theory]
    [MemberData(nameof(Versions3))]
    [Rfc("9568-2.5-1")]
    [Rfc("9568-8.3.2-4")]
    public void Master_SeesAnotherStandUpBesideItAgainAndAgain_TellsOfItNowAndThen(string version)
    {
        RouterHarness node = new RouterHarness(Settings(version)).StartAsMaster();
        int told = 0;
        for (int second = 0; second < 120; second++)
        {
            node.Advance(1).Hear(100, LowerOf(version));
            told += node.Log.Count(line => line.Contains("forcing new election", StringComparison.Ordinal));
        }

        Assert.Equal(2, told);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Rfc("9568-7.1-7")]
    [Rfc("9568-8.3.2-2")]
    public void Owner_HearsAnotherOwner_TellsOfIt(string version)
    {
        foreach (IpAddress other in new[] { LowerOf(version), HigherOf(version) })
        {
            var node = new RouterHarness(Settings(version, priority: 255) with { StartsAsMaster = true });

            Assert.Contains(
                node.Start().Advance(10).Hear(255, other).Log,
                line => line.Contains($"{other}", StringComparison.Ordinal) && line.Contains("255", StringComparison.Ordinal));
        }
    }

    private static VrrpInstanceSettings Settings(string version, byte priority = 100) => version switch
    {
        Version2 => Instance(priority: priority),
        Version3 => Fast(priority: priority),
        Version3OverIpv6 => OverIpv6(priority: priority),
        _ => throw new ArgumentOutOfRangeException(nameof(version)),
    };

    private static TimeSpan Interval(RouterHarness node) => node.Router.Instances[0].Settings.AdvertInterval;

    private static IpAddress LowerOf(string version) => version == Version3OverIpv6 ? IpAddress.Parse("fe80::1") : Lower;

    private static IpAddress HigherOf(string version) => version == Version3OverIpv6 ? HigherV6 : Higher;
}
