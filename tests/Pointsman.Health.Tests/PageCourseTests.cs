namespace Pointsman.Health.Tests;

/// <summary>HTTP_GET and SSL_GET count differently from all other checks: page by page, and round by round.</summary>
public sealed class PageCourseTests
{
    [Fact]
    public void TwoPages_AskedInTurn_OneForEachDelayLoop()
    {
        CheckTimeline timeline = Pages(2);

        Assert.Equal("1 probe\n12 probe 1\n23 probe\n34 probe 1", timeline.Play("++++"));
    }

    [Fact]
    public void FirstProbeFails_IsDownAtOnce()
    {
        CheckTimeline timeline = Pages(2);

        Assert.Equal("1 probe\n2 down: connection refused", timeline.Play("-"));
    }

    [Fact]
    public void SecondPageOfTheFirstRoundFails_IsDownAtOnce()
    {
        CheckTimeline timeline = Pages(2);

        // Nobody has vouched for the server before all its pages were seen.
        Assert.Equal("1 probe\n12 probe 1\n13 down: connection refused", timeline.Play("+-"));
    }

    [Fact]
    public void LaterFailure_SamePageIsAskedAgain_DownAfterRetryPlusOne()
    {
        CheckTimeline timeline = Pages(2);
        timeline.Play("+++");

        Assert.Equal(
            "34 probe 1\n38 probe 1\n42 probe 1\n46 probe 1\n47 down: connection refused (4 attempts)",
            timeline.Play("----"));
    }

    [Fact]
    public void OnePage_Recovers_NeedsASecondSuccess()
    {
        CheckTimeline timeline = Pages(1);
        timeline.Play("-");

        Assert.Equal("12 probe\n23 probe\n24 up: connected in 1.0 ms", timeline.Play("++"));
    }

    [Fact]
    public void FailedPageIsWellAgain_AllPagesAreAskedBeforeItIsUp()
    {
        CheckTimeline timeline = Pages(3);
        timeline.Play("++-");

        Assert.Equal(
            "34 probe 2\n45 probe\n56 probe 1\n67 probe 2\n68 up: connected in 1.0 ms",
            timeline.Play("++++"));
    }

    [Fact]
    public void FailsAgainWhileItRecovers_SamePageIsAskedAgainAfterTheRetryDelay()
    {
        CheckTimeline timeline = Pages(2);
        timeline.Play("-");

        Assert.Equal(
            "12 probe\n23 probe\n34 probe 1\n38 probe 1\n39 up: connected in 1.0 ms",
            timeline.Play("++-+"));
    }

    [Fact]
    public void FastRecovery_RoundIsDoneWithoutPause()
    {
        CheckTimeline timeline = Pages(3, isFast: true);

        Assert.Equal("1 probe\n2 probe 1\n3 probe 2\n14 probe", timeline.Play("++++"));
        Assert.Equal("25 probe 1\n29 probe 1\n33 probe 1\n37 probe 1\n38 down: connection refused (4 attempts)", timeline.Play("----"));
        Assert.Equal("48 probe 1\n49 probe\n50 probe 1\n51 probe 2\n52 up: connected in 1.0 ms", timeline.Play("++++"));
    }

    [Fact]
    public void Alpha_IsUpAfterOneWholeRound()
    {
        CheckTimeline timeline = Pages(2, CheckTimeline.Settings with { StartsUp = false });

        Assert.Equal("1 probe\n12 probe 1\n13 up: connected in 1.0 ms", timeline.Play("++"));
    }

    [Fact]
    public void LongRetryDelay_IsKeptWhileDown()
    {
        CheckTimeline timeline = Pages(1, CheckTimeline.Settings with { DelayBeforeRetry = TimeSpan.FromSeconds(30) });
        timeline.Play("-");

        Assert.Equal("32 probe\n63 probe", timeline.Play("--"));
    }

    private static CheckTimeline Pages(int count, CheckSettings? settings = null, bool isFast = false)
    {
        var method = new CheckMethod.Http(HttpDialect.Http10, [.. Enumerable.Range(0, count).Select(i => new HttpPage($"/{i}"))])
        {
            FastRecovery = isFast,
        };
        return new CheckTimeline(settings ?? CheckTimeline.Settings, method: method);
    }
}
