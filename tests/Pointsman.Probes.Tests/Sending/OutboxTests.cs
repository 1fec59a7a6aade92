using System.Collections.Concurrent;
using Pointsman.Probes.Sending;

namespace Pointsman.Probes.Tests.Sending;

/// <summary>What waits is sent in order, tried again ever more slowly, bounded, and told of once.</summary>
public sealed class OutboxTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private static readonly OutboxLimits Quick = new() { Capacity = 3, FirstPause = TimeSpan.FromMilliseconds(5), LongestPause = TimeSpan.FromMilliseconds(10) };

    private readonly ConcurrentQueue<string> _log = [];
    private readonly ConcurrentQueue<string> _sent = [];
    private volatile string? _trouble;
    private volatile bool _isRefusing;

    [Fact]
    public async Task WhatIsAdded_GoesOutInOrder()
    {
        await using Outbox<string> outbox = Make(Quick with { Capacity = 100 });
        foreach (string item in Enumerable.Range(0, 50).Select(index => $"{index}"))
        {
            outbox.Add(item);
        }

        await UntilAsync(() => _sent.Count == 50);
        Assert.Equal(Enumerable.Range(0, 50).Select(index => $"{index}"), _sent);
    }

    [Fact]
    public async Task Trouble_IsToldOnce_TriedAgain_AndItsEndIsTold()
    {
        _trouble = "it is down";
        await using Outbox<string> outbox = Make(Quick);
        outbox.Add("a");
        outbox.Add("b");
        await UntilAsync(() => outbox.Figures.Failures >= 4);
        Assert.Equal("it is down", outbox.Figures.LastError);
        Assert.Equal(2, outbox.Figures.Waiting);

        _trouble = null;
        await UntilAsync(() => outbox.Figures is { Sent: 2, Waiting: 0, LastError: null });
        Assert.Equal(["a", "b"], _sent);
        Assert.Single(_log, line => line.StartsWith("Out: it is down; ", StringComparison.Ordinal));
        Assert.Single(_log, line => line.StartsWith("Out: works again after ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refused_IsDroppedWithAWord_AndTheNextGoesOut()
    {
        _isRefusing = true;
        await using Outbox<string> outbox = Make(Quick);
        outbox.Add("a");
        await UntilAsync(() => outbox.Figures.Dropped == 1);
        _isRefusing = false;
        outbox.Add("b");

        await UntilAsync(() => outbox.Figures.Sent == 1);
        Assert.Equal(["b"], _sent);
        Assert.Contains("Out: never; not tried again: a", _log);
    }

    [Fact]
    public async Task Full_TheOldestGo()
    {
        _trouble = "it is down";
        await using Outbox<string> outbox = Make(Quick with { FirstPause = TimeSpan.FromHours(1), LongestPause = TimeSpan.FromHours(1) });
        foreach (string item in new[] { "a", "b", "c", "d", "e" })
        {
            outbox.Add(item);
            await UntilAsync(() => outbox.Figures.Failures == 1);
        }

        Assert.Equal(3, outbox.Figures.Waiting);
        Assert.Equal(2, outbox.Figures.Dropped);
        _trouble = null;
        outbox.Nudge();
        await UntilAsync(() => outbox.Figures.Waiting == 0);
        Assert.Equal(["a", "d", "e"], _sent);
        Assert.Single(_log, line => line == "Out: 3 wait already, the oldest are dropped");
    }

    [Fact]
    public async Task TooOld_IsGivenUp()
    {
        _trouble = "it is down";
        await using Outbox<string> outbox = Make(Quick with { OldestAge = TimeSpan.FromMilliseconds(20) });
        outbox.Add("a");

        await UntilAsync(() => outbox.Figures is { Dropped: 1, Waiting: 0 });
        Assert.Contains(_log, line => line.StartsWith("Out: given up after ", StringComparison.Ordinal) && line.EndsWith(": a", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pauses_Grow()
    {
        _trouble = "it is down";
        await using Outbox<string> outbox = Make(Quick with { FirstPause = TimeSpan.FromMinutes(1), LongestPause = TimeSpan.FromMinutes(3) });
        outbox.Add("a");
        var pauses = new List<int>();
        for (int attempt = 1; attempt <= 4; attempt++)
        {
            await UntilAsync(() => outbox.Figures.Failures == attempt && outbox.Figures.NextTryIn is not null);
            pauses.Add((int)Math.Round(outbox.Figures.NextTryIn!.Value.TotalMinutes));
            outbox.Nudge();
        }

        Assert.Equal([1, 2, 3, 3], pauses);
    }

    [Fact]
    public async Task Finishing_TriesAtOnce_AndTellsWhatIsLost()
    {
        _trouble = "it is down";
        Outbox<string> outbox = Make(Quick with { FirstPause = TimeSpan.FromHours(1), LongestPause = TimeSpan.FromHours(1) });
        outbox.Add("a");
        await UntilAsync(() => outbox.Figures.Failures == 1);
        _trouble = null;
        await outbox.FinishAsync(Bound);
        Assert.Equal(["a"], _sent);

        Outbox<string> lost = Make(Quick with { FirstPause = TimeSpan.FromHours(1), LongestPause = TimeSpan.FromHours(1) });
        _trouble = "it is down";
        lost.Add("b");
        await lost.FinishAsync(TimeSpan.FromMilliseconds(50));
        Assert.Contains("Out: 1 that waits is dropped: the daemon ends", _log);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (!isSo())
        {
            await Task.Delay(2, bound.Token);
        }
    }

    private Outbox<string> Make(OutboxLimits limits) => new("Out", SendAsync, _log.Enqueue, limits);

    private Task<Delivery> SendAsync(string item, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (_isRefusing)
        {
            return Task.FromResult<Delivery>(new Delivery.Refused("never"));
        }

        if (_trouble is { } trouble)
        {
            return Task.FromResult<Delivery>(new Delivery.Failed(trouble));
        }

        _sent.Enqueue(item);
        return Task.FromResult<Delivery>(new Delivery.Done($"sent {item}"));
    }
}
