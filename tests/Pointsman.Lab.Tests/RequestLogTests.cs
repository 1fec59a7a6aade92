using Pointsman.Lab.Probing;

namespace Pointsman.Lab.Tests;

public sealed class RequestLogTests
{
    private readonly RequestLog _log = new();

    [Fact]
    public void AllAnswered_NoOutage_AnswersPerServer()
    {
        Answer(0, "web1");
        Answer(10, "web2");
        Answer(20, "web1");

        ProbeReport report = _log.Take(30);

        Assert.Equal((3, 3, 0, 0.0), (report.Sent, report.Answered, report.Lost, report.OutageMs));
        Assert.Equal((2, 1), (report.From("web1"), report.From("web2")));
    }

    [Fact]
    public void LostBetweenAnswers_OutageFromLastGoodStartToNextGoodStart()
    {
        Answer(0, "web1");
        Lose(10, RequestOutcome.TimedOut);
        Lose(20, RequestOutcome.Refused);
        Answer(30, "web1");
        Lose(40, RequestOutcome.TimedOut);
        Answer(50, "web1");

        ProbeReport report = _log.Take(60);

        Assert.Equal(30, report.OutageMs);
        Assert.Equal((2, 1), (report.Failures["TimedOut"], report.Failures["Refused"]));
    }

    [Fact]
    public void OutageOverTwoReports_SecondCountsFromTheAnswerBefore()
    {
        Answer(0, "web1");
        _log.Take(5);
        Lose(10, RequestOutcome.TimedOut);
        Answer(25, "web1");

        Assert.Equal(25, _log.Take(30).OutageMs);
    }

    [Fact]
    public void StillDownAtTheEnd_OutageUpToTheLastLost()
    {
        Answer(0, "web1");
        Lose(10, RequestOutcome.TimedOut);
        Lose(40, RequestOutcome.TimedOut);

        Assert.Equal(40, _log.Take(50).OutageMs);
    }

    [Fact]
    public void RequestUnderWay_HoldsTheReportBackAndCountsAsLostInALook()
    {
        RequestLog.Request waiting = _log.Begin(10);

        Assert.False(_log.AllEndedBefore(20));
        Assert.True(_log.AllEndedBefore(10));
        Assert.Equal(1, _log.Look(0, 20).Lost);

        _log.End(waiting, RequestOutcome.Answered, "web1");
        Assert.True(_log.AllEndedBefore(20));
        Assert.Equal(0, _log.Take(20).Lost);
    }

    private void Answer(double startMs, string server) => _log.End(_log.Begin(startMs), RequestOutcome.Answered, server);

    private void Lose(double startMs, RequestOutcome outcome) => _log.End(_log.Begin(startMs), outcome, null);
}
