using Pointsman.Base;
using Pointsman.Linux.Timing;
using Xunit;

namespace Pointsman.Linux.Tests;

public sealed class TimingTests
{
    [Fact]
    public void Timer_DeadlineComes_IsReadableUntilAcknowledged()
    {
        using var poll = new EventPoll();
        using var timer = new DeadlineTimer();
        poll.Add(timer.Descriptor, 7);
        Assert.Equal(0, poll.Wait(timeoutMs: 0));
        Instant deadline = MonotonicClock.NowWithSuspend + TimeSpan.FromMilliseconds(20);

        timer.Set(deadline);

        Assert.Equal(1, poll.Wait(timeoutMs: 5000));
        Assert.Equal(7u, poll.Ready(0).Token);
        Assert.True(poll.Ready(0).IsReadable);
        Assert.True(MonotonicClock.NowWithSuspend >= deadline);
        timer.Acknowledge();
        Assert.Equal(0, poll.Wait(timeoutMs: 0));
    }

    [Fact]
    public void Timer_PastDeadlineAndNone_FiresAtOnceAndNever()
    {
        using var poll = new EventPoll();
        using var timer = new DeadlineTimer();
        poll.Add(timer.Descriptor, 7);

        timer.Set(Instant.Zero);
        Assert.Equal(1, poll.Wait(timeoutMs: 5000));

        timer.Set(null);
        Assert.Equal(0, poll.Wait(timeoutMs: 0));
    }

    [Fact]
    public void WakeEvent_SignalledTwice_WakesOnce()
    {
        using var poll = new EventPoll();
        using var wake = new WakeEvent();
        poll.Add(wake.Descriptor, 3);

        wake.Signal();
        wake.Signal();

        Assert.Equal(1, poll.Wait(timeoutMs: 5000));
        wake.Acknowledge();
        Assert.Equal(0, poll.Wait(timeoutMs: 0));
    }

    [Fact]
    public void Poll_TwoReady_BothTokensComeBack()
    {
        using var poll = new EventPoll();
        using var first = new WakeEvent();
        using var second = new WakeEvent();
        poll.Add(first.Descriptor, 1);
        poll.Add(second.Descriptor, uint.MaxValue);
        first.Signal();
        second.Signal();

        Assert.Equal(2, poll.Wait(timeoutMs: 0));
        Assert.Equal([1u, uint.MaxValue], new[] { poll.Ready(0).Token, poll.Ready(1).Token }.Order());

        poll.Remove(first.Descriptor);
        Assert.Equal(1, poll.Wait(timeoutMs: 0));
    }
}
