using Pointsman.Base;
using Xunit;

namespace Pointsman.Health.Tests;

public sealed class TrackProcessMachineTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void FirstCount_CountsAtOnce(int count, bool expected)
    {
        var machine = new TrackProcessMachine(2, 3, 10 * Second, 10 * Second);

        Assert.True(machine.OnCount(default, count));
        Assert.Equal(expected, machine.IsUp);
    }

    [Fact]
    public void Missing_CountsAfterTheTerminateDelay_AndReturnAfterTheForkDelay()
    {
        var machine = new TrackProcessMachine(1, null, 2 * Second, 3 * Second);
        Instant now = Instant.FromSeconds(100);
        machine.OnCount(now, 1);

        Assert.False(machine.OnCount(now, 0));
        Assert.False(machine.OnCount(now + Second, 0));
        Assert.True(machine.OnCount(now + (2 * Second), 0));
        Assert.False(machine.IsUp);
        Assert.False(machine.OnCount(now + (3 * Second), 1));
        Assert.True(machine.OnCount(now + (6 * Second), 1));
        Assert.True(machine.IsUp);
    }

    [Fact]
    public void ShortAbsence_IsNotNoticed()
    {
        var machine = new TrackProcessMachine(1, null, 2 * Second, TimeSpan.Zero);
        machine.OnCount(default, 1);

        Assert.False(machine.OnCount(Instant.FromSeconds(1), 0));
        Assert.False(machine.OnCount(Instant.FromSeconds(2), 1));
        Assert.False(machine.OnCount(Instant.FromSeconds(3), 0));
        Assert.True(machine.IsUp);
    }
}
