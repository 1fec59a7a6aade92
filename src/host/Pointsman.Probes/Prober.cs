using Pointsman.Health;
using Pointsman.Probes.Http;

namespace Pointsman.Probes;

/// <summary>Finds the probe for a method.</summary>
internal static class Prober
{
    internal static Task<ProbeOutcome> RunAsync(ProbeRequest request, ScriptSecurity security, CancellationToken stop) => request.Method switch
    {
        CheckMethod.Tcp => TcpProbe.RunAsync(request, stop),
        CheckMethod.Http http => HttpProbe.RunAsync(request, http, stop),
        CheckMethod.Smtp smtp => SmtpProbe.RunAsync(request, smtp, stop),
        CheckMethod.Dns dns => DatagramProbe.RunAsync(request, dns, stop),
        CheckMethod.Udp udp => DatagramProbe.RunAsync(request, udp, stop),
        CheckMethod.Ping => PingProbe.RunAsync(request, stop),
        CheckMethod.Script script => ScriptProbe.RunAsync(script, security, stop),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
