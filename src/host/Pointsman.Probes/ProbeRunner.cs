using Pointsman.Health;
using Pointsman.Linux.Processes;
using Pointsman.Probes.Road;

namespace Pointsman.Probes;

/// <summary>
/// Carries out probes, a bounded number at once, and hands each outcome back. Every probe that is started gives exactly
/// one outcome, unless the runner is stopped first.
/// </summary>
public sealed class ProbeRunner : IAsyncDisposable
{
    /// <summary>Ten thousand servers that are all silent for a timeout of 3 s, asked every 6 s, are half of them asked at once.</summary>
    private const int MostAtOnce = 6000;

    /// <summary>A probe whose cause is looked for has two sockets more.</summary>
    private const int DescriptorsEach = 3;

    /// <summary>
    /// Half of this process's file descriptors: a check that gets none is a failure the server has no part in.
    /// </summary>
    public static int DefaultConcurrency { get; } =
        Math.Clamp(OpenFiles.Limit / 2 / DescriptorsEach, 64, MostAtOnce);

    private readonly Action<ProbeId, ProbeOutcome> _post;
    private readonly ScriptSecurity _security;
    private readonly SemaphoreSlim _places;
    private readonly CancellationTokenSource _stop = new();
    private readonly AddressSilence _silence = new();
    private readonly int _concurrency;

    /// <param name="post">Called on any thread, the one that calls <see cref="Start"/> among them: it must never wait for that one.</param>
    /// <param name="security">Says which scripts may run.</param>
    public ProbeRunner(Action<ProbeId, ProbeOutcome> post, ScriptSecurity security, int? concurrency = null)
    {
        _security = security;
        _post = post;
        _concurrency = concurrency ?? DefaultConcurrency;
        _places = new SemaphoreSlim(_concurrency);
    }

    /// <summary>
    /// Returns at once. A probe waits for a free place; its timeout runs only from when it has one. A connection alone is begun
    /// by the caller: these are calls that do not wait, and a change of threads would cost more than they do. On a short way it
    /// is there at once, and the caller posts its outcome itself. Whatever computes (a handshake), reads files or starts a
    /// process is done elsewhere.
    /// </summary>
    /// <param name="pass">For a probe on the client's road to another machine.</param>
    public void Start(HealthAction.StartProbe probe, RoadPass? pass = null)
    {
        // In the order of the calls.
        Task place = _places.WaitAsync(_stop.Token);
        if (probe.Request.Method is CheckMethod.Tcp)
        {
            _ = RunAsync(probe, pass, place);
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(
            static asked => _ = asked.Runner.RunAsync(asked.Probe, asked.Pass, asked.Place),
            (Runner: this, Probe: probe, Pass: pass, Place: place),
            preferLocal: false);
    }

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

    private async Task RunAsync(HealthAction.StartProbe probe, RoadPass? pass, Task place)
    {
        try
        {
            await place;
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            ProbeOutcome outcome = await OutcomeAsync(probe.Request, pass);
            if (!_stop.IsCancellationRequested)
            {
                _post(probe.Id, outcome);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopping: the outcome has no one to go to.
        }
        finally
        {
            _places.Release();
        }
    }

    // A check that gives no outcome is never begun again: its server would stay as it is for ever.
    private async Task<ProbeOutcome> OutcomeAsync(ProbeRequest request, RoadPass? pass)
    {
        try
        {
            return await ProbeAsync(request, pass);
        }
#pragma warning disable CA1031 // Whatever a probe dies of, its check goes on.
        catch (Exception unexpected) when (!_stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return new ProbeOutcome.Error($"{unexpected.GetType().Name}: {unexpected.Message}");
        }
    }
}
