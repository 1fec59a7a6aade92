namespace Pointsman.Health.Tests;

public sealed class QuorumMachineTests
{
    [Fact]
    public void Hysteresis_IsTakenOffGoingDown_AndAddedGoingUp()
    {
        var quorum = new QuorumMachine(quorum: 4, hysteresis: 1, isUp: true);

        Assert.Null(quorum.Reconsider(4));
        Assert.Null(quorum.Reconsider(3));
        Assert.Equal("Lost quorum 4-1=3 > 2", quorum.Reconsider(2));
        Assert.Null(quorum.Reconsider(4));
        Assert.Equal("Gained quorum 4+1=5 <= 5", quorum.Reconsider(5));
        Assert.True(quorum.IsUp);
    }

    [Fact]
    public void NothingAlive_IsNeverEnough()
    {
        var quorum = new QuorumMachine(quorum: 1, hysteresis: 0, isUp: true);

        Assert.Equal("Lost quorum 1-0=1 > 0", quorum.Reconsider(0));
        Assert.Null(quorum.Reconsider(0));
        Assert.Equal("Gained quorum 1+0=1 <= 1", quorum.Reconsider(1));
    }
}
