using Pointsman.App.Run;

namespace Pointsman.App.Tests.Run;

/// <summary>The owner of the queue is never held up by it; all others are, when it is full.</summary>
public sealed class EventQueueTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Full_TheOwnerPostsOn_AndFindsItsOwnFirst()
    {
        using var queue = new EventQueue<string>(capacity: 2);
        var other = new Thread(() =>
        {
            queue.Post("a");
            queue.Post("b");
            queue.Post("c");
        });
        other.Start();
        Assert.True(SpinWait.SpinUntil(() => queue.Count == 2, Patience));

        queue.Post("own 1");
        queue.Post("own 2");

        Assert.Equal(["own 1", "own 2", "a", "b", "c"], Enumerable.Range(0, 5).Select(_ => queue.TryTake(out string? next, 30_000) ? next : "none"));
        Assert.True(other.Join(Patience));
        Assert.False(queue.TryTake(out _, timeoutMs: 0));
    }

    [Fact]
    public void Ended_PostsOfOthersAreLost()
    {
        var queue = new EventQueue<string>(capacity: 1);
        queue.Dispose();
        var other = new Thread(() => queue.Post("late"));
        other.Start();
        Assert.True(other.Join(Patience));
    }
}
