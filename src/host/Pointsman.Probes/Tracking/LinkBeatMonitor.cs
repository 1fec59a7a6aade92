using Pointsman.Linux.Network;

namespace Pointsman.Probes.Tracking;

/// <summary>
/// Asks drivers once a second whether their links carry, for interfaces whose driver does not tell by netlink (keepalived's
/// <c>linkbeat_use_polling</c> and <c>linkbeat_interfaces</c>), and tells which turned.
/// </summary>
public sealed class LinkBeatMonitor : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<(string Interface, LinkBeatSource Source)> _asked;
    private readonly Action<string, bool> _post;
    private readonly LinkBeatProbe? _probe;
    private readonly bool?[] _last;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="post">Gets an interface and whether it carries, at first and when it turns; on a pool thread, must not block.</param>
    public LinkBeatMonitor(IReadOnlyList<(string Interface, LinkBeatSource Source)> asked, Action<string, bool> post)
    {
        _asked = asked;
        _post = post;
        _last = new bool?[asked.Count];
        _probe = asked.Count == 0 ? null : new LinkBeatProbe();
        _running = _probe is null ? Task.CompletedTask : Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _probe?.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Interval);
            do
            {
                Look();
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    // What nobody answers for is left to netlink: that an interface is gone, too.
    private void Look()
    {
        for (int i = 0; i < _asked.Count; i++)
        {
            bool carries = _probe!.Carries(_asked[i].Interface, _asked[i].Source) ?? true;
            if (_last[i] != carries)
            {
                _last[i] = carries;
                _post(_asked[i].Interface, carries);
            }
        }
    }
}
