using System.Diagnostics;
using System.Net.Sockets;
using Pointsman.Base;
using Pointsman.Health;

namespace Pointsman.Probes.Road;

/* The probe of the check, through the virtual address, decides. While it is not answered, others that take no longer find out
   why: one to the server's own address, an echo through the virtual one, and with a source of its own an echo from there. A
   server that answers costs one probe. */

/// <summary>Carries out a probe on the client's road, and says what is likely amiss when that fails.</summary>
/// <param name="pass">Null: the server is this node.</param>
internal sealed class RoadProbe(ProbeRequest request, RoadPass? pass, AddressSilence silence, ScriptSecurity security, CancellationToken stop)
{
    /// <summary>An answer of a healthy server is long here by then.</summary>
    private const int PatienceShare = 4;

    private const int PortAttempts = 3;

    private readonly ClientRoad _road = request.Road!;
    private readonly long _started = Stopwatch.GetTimestamp();

    internal async Task<ProbeOutcome> RunAsync()
    {
        ProbeOutcome outcome = await DecideAsync();
        return outcome with { Way = new ProbeWay(_road.Virtual) };
    }

    private bool AsksForSilence => pass is not null && _road.WantsSilence;

    private TimeSpan Left => request.Timeout - Stopwatch.GetElapsedTime(_started);

    private async Task<ProbeOutcome> DecideAsync()
    {
        if (AsksForSilence)
        {
            silence.Ask(pass!, _road.Virtual.Address);
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<ProbeOutcome> onRoad = AlongTheRoadAsync();
        if (!await EndsSoonAsync(onRoad) || !(await onRoad).IsSuccess)
        {
            await Task.Yield();     // whoever brought the outcome has others to bring
            Task<RoadClues> clues = RoadClues.GatherAsync(request, OnRoad(request), Left, security, over.Token);
            ProbeOutcome outcome = await onRoad;
            if (!outcome.IsSuccess)
            {
                return (await clues).Explain(_road, request.Method, outcome);
            }

            await over.CancelAsync();
        }

        ProbeOutcome answered = await onRoad;
        return AsksForSilence && silence.HasAnswered(pass!, _road.Virtual.Address)
            ? new ProbeOutcome.OffRoad(
                _road.Virtual, answered, Own: null, _road.Virtual.Address.IsV4
                    ? "it answers ARP for it: arp_ignore is lost, clients may go past this director"
                    : "it answers as a neighbour for it: the address is on more than lo, clients may go past this director")
            : answered;
    }

    private async Task<bool> EndsSoonAsync(Task<ProbeOutcome> probe)
    {
        if (probe.IsCompleted)
        {
            return true;
        }

        try
        {
            await probe.WaitAsync(request.Timeout / PatienceShare, stop);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<ProbeOutcome> AlongTheRoadAsync()
    {
        ProbeRequest onRoad = OnRoad(request);
        for (int attempt = 1; ; attempt++)
        {
            ProbeOutcome outcome = await Prober.RunAsync(onRoad, security, stop);
            if (outcome is not ProbeOutcome.Error { IsPortTaken: true } || attempt == PortAttempts)
            {
                return outcome;
            }
        }
    }

    private ProbeRequest OnRoad(ProbeRequest plain) => pass is null
        ? plain with { Target = _road.Virtual }
        : plain with
        {
            Binding = plain.Binding with
            {
                Mark = pass.Mark,
                HasOwnPort = true,
                SegmentBytes = pass.SegmentBytes,
                Address = _road.Source ?? plain.Binding.Address,
            },
        };
}
