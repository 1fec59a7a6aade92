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
    public void Ended_WhoWaitsForAPlace_IsLetGo()
    {
        var queue = new EventQueue<string>(capacity: 1);
        var other = new Thread(() =>
        {
            queue.Post("a");
            queue.Post("b");
        });
        other.Start();
        Assert.True(SpinWait.SpinUntil(() => queue.Count == 1 && other.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Patience));
        queue.Dispose();
        Assert.True(other.Join(Patience));
    }

    [Fact]
    public void ManyPost_TheOwnerGetsEachOnce_InEachOnesOrder()
    {
        using var queue = new EventQueue<string>(capacity: 8);
        Thread[] others = [.. Enumerable.Range(0, 4).Select(who => new Thread(() =>
        {
            for (int i = 0; i < 5000; i++)
            {
                queue.Post($"{who} {i}");
            }
        }))];
        Array.ForEach(others, other => other.Start());
        var got = new List<string>();
        while (got.Count < 20_000)
        {
            Assert.True(queue.TryTake(out string? next, 30_000));
            got.Add(next);
        }

        for (int who = 0; who < 4; who++)
        {
            Assert.Equal(Enumerable.Range(0, 5000).Select(i => $"{who} {i}"), got.Where(line => line.StartsWith($"{who} ", StringComparison.Ordinal)));
        }
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
