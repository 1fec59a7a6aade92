using Pointsman.Base;
using Pointsman.Health;

namespace Pointsman.Probes.Tests;

/// <summary>Probes to ask for.</summary>
internal static class Requests
{
    internal static ProbeRequest Tcp(TransportEndpoint target, TimeSpan timeout, IpAddress? bind = null) =>
        new(new CheckMethod.Tcp(), target, timeout) { Binding = new ProbeBinding(bind) };
}
