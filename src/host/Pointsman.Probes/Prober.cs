using Pointsman.Health;
using Pointsman.Probes.Http;

namespace Pointsman.Probes;

/// <summary>Finds the probe for a method.</summary>
internal static class Prober
{
    internal static Task<ProbeOutcome> RunAsync(ProbeRequest request, CancellationToken stop) => request.Method switch
    {
        CheckMethod.Tcp => TcpProbe.RunAsync(request, stop),
        CheckMethod.Http http => HttpProbe.RunAsync(request, http, stop),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
