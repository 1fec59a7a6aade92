using Pointsman.Health;

namespace Pointsman.Probes;

/// <summary>
/// Carries out probes, a bounded number at once, and hands each outcome back. Every probe that is started gives exactly
/// one outcome, unless the runner is stopped first.
/// </summary>
public sealed class ProbeRunner : IAsyncDisposable
{
    /// <summary>Each takes one file descriptor for as long as its connect_timeout at most.</summary>
    public const int DefaultConcurrency = 512;

    private readonly Action<ProbeId, ProbeOutcome> _post;
    private readonly ScriptSecurity _security;
    private readonly SemaphoreSlim _places;
    private readonly CancellationTokenSource _stop = new();
    private readonly int _concurrency;

    /// <param name="post">Called on a pool thread; must not block (post to the owner's channel).</param>
    /// <param name="security">Says which scripts may run.</param>
    public ProbeRunner(Action<ProbeId, ProbeOutcome> post, ScriptSecurity security, int concurrency = DefaultConcurrency)
    {
        _security = security;
        _post = post;
        _concurrency = concurrency;
        _places = new SemaphoreSlim(concurrency);
    }

    /// <summary>Returns at once. A probe waits for a free place; its timeout runs only from when it has one.</summary>
    public void Start(HealthAction.StartProbe probe) => _ = RunAsync(probe);

    /// <summary>Ends the running probes; none of them gives an outcome after this.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        for (int i = 0; i < _concurrency; i++)
        {
            await _places.WaitAsync();
        }

        _places.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(HealthAction.StartProbe probe)
    {
        try
        {
            await _places.WaitAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            ProbeOutcome outcome = await Prober.RunAsync(probe.Request, _security, _stop.Token);
            if (!_stop.IsCancellationRequested)
            {
                _post(probe.Id, outcome);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: the outcome has no one to go to.
        }
        finally
        {
            _places.Release();
        }
    }
}
