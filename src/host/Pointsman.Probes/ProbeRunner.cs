using Pointsman.Health;
using Pointsman.Probes.Road;

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
    private readonly ArpSilence _silence = new();
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
    /// <param name="pass">For a probe on the client's road to another machine.</param>
    public void Start(HealthAction.StartProbe probe, RoadPass? pass = null) => _ = RunAsync(probe, pass);

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
        _silence.Dispose();
    }

    private async Task<ProbeOutcome> ProbeAsync(ProbeRequest request, RoadPass? pass)
    {
        if (request.Road is not null)
        {
            return await new RoadProbe(request, pass, _silence, _security, _stop.Token).RunAsync();
        }

        ProbeOutcome outcome = await Prober.RunAsync(request, _security, _stop.Token);
        return request.PlainBecause is null ? outcome : outcome with { Way = new ProbeWay(Through: null, request.PlainBecause) };
    }

    private async Task RunAsync(HealthAction.StartProbe probe, RoadPass? pass)
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
            ProbeOutcome outcome = await ProbeAsync(probe.Request, pass);
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
