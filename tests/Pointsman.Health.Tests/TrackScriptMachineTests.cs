namespace Pointsman.Health.Tests;

public sealed class TrackScriptMachineTests
{
    /// <summary>One letter a result; the answer holds a letter where the state turned, a dot where it did not.</summary>
    [Theory]
    [InlineData(1, 1, "+-+-", "UDUD")]
    [InlineData(3, 1, "+", "U")]           // the first result decides at once
    [InlineData(3, 3, "-", "D")]
    [InlineData(1, 3, "+--+---", "U.....D")] // a success in between starts the count anew
    [InlineData(3, 1, "-++-+++", "D.....U")]
    [InlineData(2, 2, "+--++--", "U.D.U.D")]
    public void Results_InARow_TurnTheStateAfterRiseOrFall(int rise, int fall, string results, string turns)
    {
        var machine = new TrackScriptMachine(rise, fall);

        Assert.Equal(turns, Play(machine, results));
    }

    [Fact]
    public void InitFail_NeedsRiseSuccessesToComeUp()
    {
        var machine = new TrackScriptMachine(rise: 2, fall: 1, startsFailed: true);

        Assert.Equal(TrackScriptState.Down, machine.State);
        Assert.Equal(".U", Play(machine, "++"));
    }

    [Fact]
    public void Reasons_AreKeepalivedsWords()
    {
        Assert.Equal("succeeded", new ScriptOutcome.Exited(0).Reason);
        Assert.Equal("failed (exited with status 3)", new ScriptOutcome.Exited(3).Reason);
        Assert.Equal("timed_out", new ScriptOutcome.TimedOut().Reason);
        Assert.False(new ScriptOutcome.TimedOut().IsSuccess);
    }

    private static string Play(TrackScriptMachine machine, string results) => string.Concat(results.Select(result =>
        !machine.OnResult(new ScriptOutcome.Exited(result == '+' ? 0 : 1)) ? '.'
        : machine.State == TrackScriptState.Up ? 'U' : 'D'));
}
