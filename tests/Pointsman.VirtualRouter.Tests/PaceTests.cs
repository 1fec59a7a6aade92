using System.Diagnostics;
using System.Globalization;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Delays before a takeover, and what a master says when it hears others.</summary>
public sealed class PaceTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(3);

    [Fact]
    public void PreemptDelay_KeepalivedIsALowerMaster_IsLeftInPeaceUntilTheDelayIsOver()
    {
        Keepalived.SkipUnlessInstalled();
        Way way = Way.All["v3 IPv4"];
        using Network network = Network.Create();
        using Node ours = way.MakeOurs(network.AddMachine(1), priority: 150);
        ours.Change(instance => instance with { PreemptDelay = Delay });
        using Keepalived theirs = way.MakeTheirs(network.AddMachine(2), priority: 100);
        theirs.Expect("Entering MASTER STATE");

        ours.Start();
        ours.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.PreemptionDelayed);
        var waited = Stopwatch.StartNew();
        ours.ExpectState(VrrpState.Master);

        // What was said to us may have been late, by not more than the delay is long.
        Assert.True(waited.Elapsed > Delay / 2, $"master after {waited.Elapsed}");
        Assert.True(ours.Snapshot().Instances[0].AdvertsReceived > 10, "the lower master was heard meanwhile");
        theirs.Expect("Entering BACKUP STATE", times: 2);
        Node.WaitUntil(() => ours.HasVip && !theirs.HasVip, () => theirs.Log);
        theirs.AssertContent();
    }

    [Fact]
    public void StartupDelay_NobodyStandsUpBeforeIt()
    {
        using Network network = Network.Create();
        using Node ours = Way.All["v3 IPv4"].MakeOurs(network.AddMachine(1), priority: 150);
        ours.Settings = ours.Settings with { Router = ours.Settings.Router with { StartupDelay = Delay } };
        var waited = Stopwatch.StartNew();
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        Assert.True(waited.Elapsed > Delay, $"master after {waited.Elapsed}");
        Assert.Equal(1, ours.Snapshot().Instances[0].BecameMaster);
    }

    // An owner is master at once, so the interval may be long: every further advert is an answer.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LowerMasterIsHeard_MasterAnnouncesAsAskedFor_AndAnswersUnlessToldNotTo(bool keepsSilent)
    {
        using Network network = Network.Create();
        using Node ours = Way.All["v3 IPv4"].MakeOurs(network.AddMachine(1), priority: 255);
        ours.Change(instance => instance with
        {
            StartsAsMaster = true,
            AdvertInterval = TimeSpan.FromSeconds(30),
            GarpMasterDelay = TimeSpan.Zero,
            GarpMasterRepeat = 2,
            GarpLowerPriorityRepeat = 3,
            GarpLowerPriorityDelay = TimeSpan.FromMilliseconds(300),
            KeepsSilentToLower = keepsSilent,
        });
        using var watch = new ArpWatch(network.AddMachine(9));
        using var lower = new Speaker(network.AddMachine(2), "10.9.0.2");
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        string mac = Network.MacOf(ours.Machine);
        Node.WaitUntil(() => watch.CountOf(mac) == 2, () => watch.Text);

        lower.Say(priority: 50);
        ours.Expect<RoleEvent.Reported>(told => told.What == VrrpEventKind.LowerPriorityAnswered);
        Node.WaitUntil(() => watch.CountOf(mac) == 2 + 3 + 3, () => watch.Text);
        Assert.Equal(keepsSilent ? 1 : 2, ours.Snapshot().Instances[0].AdvertsSent);
    }

    // It has heard another a moment before it stood up: only then is a last word a matter of the setting.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HigherMasterIsHeard_LastAdvertIsSaidOnlyWhereAskedFor(bool saysLastWord)
    {
        using Network network = Network.Create();
        using Node ours = Way.All["v3 IPv4"].MakeOurs(network.AddMachine(1), priority: 200);
        ours.Change(instance => instance with { AdvertInterval = TimeSpan.FromSeconds(8), AlwaysSaysLastWord = saysLastWord });
        using var other = new Speaker(network.AddMachine(2), "10.9.0.2");
        ours.Start();
        ours.ExpectState(VrrpState.Backup);
        Node.WaitUntil(
            () =>
            {
                other.Say(priority: 250, interval: TimeSpan.FromSeconds(8));
                return ours.Snapshot().Instances[0].AdvertsReceived > 0;
            },
            () => ours.Said());

        other.Say(priority: 0, interval: TimeSpan.FromSeconds(8));
        int since = ours.Count;
        ours.ExpectState(VrrpState.Master, since);
        other.Say(priority: 250, interval: TimeSpan.FromSeconds(8));
        ours.ExpectState(VrrpState.Backup, since);
        Assert.Equal(saysLastWord ? 2 : 1, ours.Snapshot().Instances[0].AdvertsSent);
    }

    [Fact]
    public void GarpMasterRefresh_AddressesAreAnnouncedAgainAndAgain()
    {
        using Network network = Network.Create();
        using Node ours = Way.All["v3 IPv4"].MakeOurs(network.AddMachine(1), priority: 100);
        ours.Change(instance => instance with
        {
            GarpMasterDelay = TimeSpan.Zero,
            GarpMasterRepeat = 1,
            GarpMasterRefresh = TimeSpan.FromMilliseconds(400),
            GarpMasterRefreshRepeat = 2,
        });
        using var watch = new ArpWatch(network.AddMachine(9));
        ours.Start();
        ours.ExpectState(VrrpState.Master);
        string mac = Network.MacOf(ours.Machine);
        Node.WaitUntil(() => watch.CountOf(mac) >= 1 + (2 * 4), () => watch.Text);

        // Four times four tenths, by the clock of who listened.
        TimeSpan[] times = [.. watch.Text.Split('\n').Where(line => line.Contains(mac, StringComparison.Ordinal))
            .Select(line => TimeSpan.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture))];
        Assert.True((times[8] - times[0]).Duration() > TimeSpan.FromSeconds(1.4), watch.Text);
    }
}
