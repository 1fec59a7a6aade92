using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>What <c>ops</c> can be used with.</summary>
internal static class OnePacketRules
{
    public static void Check(Bound<VirtualServerDraft> bound, VirtualServerConfig config, DiagnosticSink sink)
    {
        if (!bound.Given.TryGetValue("ops", out Statement? statement))
        {
            return;
        }

        if (config.Protocol != TransportProtocol.Udp)
        {
            string protocol = config.Protocol.UpperCaseName();
            sink.Report(DiagnosticCatalogue.OnePacketWithoutDatagrams, statement.HeaderSpan, protocol);
        }
        else if (config.RealServers.Any(server => server.Kind == LoadBalanceKind.Nat))
        {
            sink.Report(DiagnosticCatalogue.OnePacketByNat, statement.HeaderSpan);
        }
    }
}
