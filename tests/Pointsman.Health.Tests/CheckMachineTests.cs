using Pointsman.Base;

namespace Pointsman.Health.Tests;

public sealed class CheckMachineTests
{
    [Fact]
    public void Up_EveryProbeSucceeds_OneProbePerDelayLoopAndSilence()
    {
        var timeline = new CheckTimeline(CheckTimeline.Settings);

        Assert.Equal("1 probe\n12 probe\n23 probe", timeline.Play("+++"));
        Assert.True(timeline.Machine.IsUp);
    }

    [Fact]
    public void Up_FailsOnItsFirstRun_GoesDownAtOnce()
    {
        var timeline = new CheckTimeline(CheckTimeline.Settings);

        Assert.Equal("1 probe\n2 down: connection refused", timeline.Play("-"));
    }

    [Fact]
    public void Up_FailsLater_GoesDownAfterRetryPlusOneAttempts()
    {
        var timeline = new CheckTimeline(CheckTimeline.Settings);

        Assert.Equal(
            "1 probe\n12 probe\n16 probe\n20 probe\n24 probe\n25 down: connection refused (4 attempts)",
            timeline.Play("+----"));
    }

    [Fact]
    public void Up_RecoversOnTheLastRetry_StaysUpAndCountsAnew()
    {
        var timeline = new CheckTimeline(CheckTimeline.Settings);
        timeline.Play("+---+");

        Assert.Equal("35 probe\n39 probe\n43 probe", timeline.Play("---"));
        Assert.True(timeline.Machine.IsUp);
        Assert.Equal("47 probe\n48 down: connection refused (4 attempts)", timeline.Play("-"));
    }

    [Fact]
    public void Up_RetryIsZero_OneFailureIsEnough()
    {
        var timeline = new CheckTimeline(CheckTimeline.Settings with { Retry = 0 });

        Assert.Equal("1 probe\n12 probe\n13 down: connection refused", timeline.Play("+-"));
    }

    [Fact]
    public void Down_KeepsFailing_IsTriedAsOftenAsWhileItWasUpAndSaysNothing()
    {
        var timeline = new CheckTimeline(CheckTimeline.Settings);
        timeline.Play("-");

        Assert.Equal("12 probe\n16 probe\n20 probe\n24 probe\n35 probe", timeline.Play("-----"));
    }

    [Fact]
    public void Down_Ping_IsTriedOnceEachDelayLoop()
    {
        var timeline = new CheckTimeline(CheckTimeline.Settings, method: new CheckMethod.Ping());
        timeline.Play("-");

        Assert.Equal("12 probe\n23 probe\n34 probe", timeline.Play("---"));
    }

    [Fact]
    public void Down_Script_RunsOnceEachDelayLoop()
    {
        var script = new CheckMethod.Script(["x"], null, null, TimeSpan.FromSeconds(5), IsDynamic: false);
        var timeline = new CheckTimeline(CheckTimeline.Settings, method: script);
        timeline.Play("-");

        Assert.Equal("11 probe\n21 probe\n31 probe", timeline.Play("---"));
    }

    [Fact]
    public void Down_FirstSuccess_IsUp()
    {
        var timeline = new CheckTimeline(CheckTimeline.Settings);
        timeline.Play("--");

        Assert.Equal("16 probe\n17 up: connected in 1.0 ms\n27 probe", timeline.Play("++"));
    }

    [Fact]
    public void Up_AfterComingBack_HasAllItsRetriesAgain()
    {
        var timeline = new CheckTimeline(CheckTimeline.Settings);
        timeline.Play("-+");

        Assert.Equal("23 probe\n27 probe\n31 probe", timeline.Play("---"));
        Assert.True(timeline.Machine.IsUp);
    }

    [Fact]
    public void Alpha_FirstFailure_ChangesNothing()
    {
        var timeline = new CheckTimeline(CheckTimeline.Settings with { StartsUp = false });

        Assert.False(timeline.Machine.IsUp);
        Assert.Equal("1 probe\n12 probe\n13 up: connected in 1.0 ms", timeline.Play("-+"));
    }

    [Fact]
    public void DownBeforeRestart_StartsDown_RisesOnSuccess()
    {
        var timeline = new CheckTimeline(CheckTimeline.Settings, wasDown: true);

        Assert.False(timeline.Machine.IsUp);
        Assert.Equal("1 probe\n2 up: connected in 1.0 ms", timeline.Play("+"));
    }

    [Fact]
    public void Warmup_ManySeeds_FirstProbeWithinBootstrapAndWarmup()
    {
        CheckSettings settings = CheckTimeline.Settings with { Warmup = TimeSpan.FromSeconds(10) };
        List<double> firsts = [];
        for (ulong seed = 0; seed < 200; seed++)
        {
            var machine = new CheckMachine(CheckTimeline.Connect, settings);
            machine.Start(Instant.Zero, new Prng(seed));
            firsts.Add(machine.Deadline!.Value.Nanoseconds / 1e9);
        }

        Assert.InRange(firsts.Min(), 1.0, 2.0);
        Assert.InRange(firsts.Max(), 10.0, 11.0);
    }

    /// <summary>An independent telling of the rules, against which random histories are held.</summary>
    [Fact]
    public void RandomAnswers_ManySeeds_StateAndPacingFollowTheRules()
    {
        for (ulong seed = 0; seed < 500; seed++)
        {
            var random = new Prng(seed);
            CheckSettings settings = CheckTimeline.Settings with { Retry = random.NextInt(4), StartsUp = !random.OneIn(4) };
            var timeline = new CheckTimeline(settings);
            bool isUp = settings.StartsUp;
            int failuresInARow = 0;
            for (int run = 0; run < 60; run++)
            {
                bool succeeds = random.OneIn(2);
                Instant probed = timeline.Machine.Deadline!.Value;
                timeline.Play(succeeds ? "+" : "-");

                failuresInARow = succeeds ? 0 : failuresInARow + 1;
                bool isRetry = !succeeds && run > 0 && failuresInARow <= settings.Retry;
                if (!isRetry)
                {
                    isUp = succeeds;
                    failuresInARow = 0;
                }

                Assert.True(isUp == timeline.Machine.IsUp, $"seed {seed}, run {run}");
                TimeSpan pause = isRetry ? settings.DelayBeforeRetry : settings.DelayLoop;
                Assert.Equal(probed + TimeSpan.FromSeconds(1) + pause, timeline.Machine.Deadline);
            }
        }
    }

    [Fact]
    public void Deadline_CalledEarly_DoesNothing()
    {
        var machine = new CheckMachine(CheckTimeline.Connect, CheckTimeline.Settings);
        List<CheckAction> actions = [];

        machine.OnDeadline(Instant.Zero, actions);
        machine.Start(Instant.Zero, new Prng(1));
        machine.OnDeadline(Instant.FromSeconds(0.999), actions);

        Assert.Empty(actions);
    }

    [Fact]
    public void Outcome_ToldTwice_CountsOnce()
    {
        var machine = new CheckMachine(CheckTimeline.Connect, CheckTimeline.Settings with { Retry = 1 });
        List<CheckAction> actions = [];
        machine.Start(Instant.Zero, new Prng(1));
        machine.OnDeadline(Instant.FromSeconds(1), actions);
        machine.OnOutcome(Instant.FromSeconds(1), 1, CheckTimeline.Good, actions);
        machine.OnDeadline(Instant.FromSeconds(11), actions);
        actions.Clear();

        machine.OnOutcome(Instant.FromSeconds(12), 2, CheckTimeline.Bad, actions);
        machine.OnOutcome(Instant.FromSeconds(12), 2, CheckTimeline.Bad, actions);

        Assert.Empty(actions);
        Assert.True(machine.IsUp);
    }

    [Fact]
    public void Outcome_OfAnEarlierAttempt_IsNotTakenForThisOne()
    {
        var machine = new CheckMachine(CheckTimeline.Connect, CheckTimeline.Settings);
        List<CheckAction> actions = [];
        machine.Start(Instant.Zero, new Prng(1));
        machine.OnDeadline(Instant.FromSeconds(1), actions);
        machine.OnOutcome(Instant.FromSeconds(1), 1, CheckTimeline.Bad, actions);
        machine.OnDeadline(Instant.FromSeconds(11), actions);
        actions.Clear();

        machine.OnOutcome(Instant.FromSeconds(12), 1, CheckTimeline.Good, actions);

        Assert.Empty(actions);
        Assert.False(machine.IsUp);
    }

    [Fact]
    public void Probe_NeverAnswered_IsAskedAgainAndNotHeldAgainstTheServer()
    {
        var machine = new CheckMachine(CheckTimeline.Connect, CheckTimeline.Settings);
        List<CheckAction> actions = [];
        machine.Start(Instant.Zero, new Prng(1));
        machine.OnDeadline(Instant.FromSeconds(1), actions);
        Instant lost = machine.Deadline!.Value;
        machine.OnDeadline(lost, actions);

        Assert.Equal(Instant.FromSeconds(64), lost);
        Assert.Equal([new CheckAction.StartProbe(1), new CheckAction.StartProbe(2)], actions);
        Assert.True(machine.IsUp);
    }

    [Fact]
    public void LastResult_AfterAFailure_KeepsTimeOutcomeAndDuration()
    {
        var timeline = new CheckTimeline(CheckTimeline.Settings);
        Assert.Null(timeline.Machine.LastResult);
        timeline.Play("-");

        Assert.Equal(
            new CheckResult(Instant.FromSeconds(2), CheckTimeline.Bad, TimeSpan.FromSeconds(1)),
            timeline.Machine.LastResult);
    }
}
