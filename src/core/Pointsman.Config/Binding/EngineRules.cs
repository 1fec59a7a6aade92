using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>What <c>persistence_engine</c> can be used with.</summary>
internal static class EngineRules
{
    public static void Check(Bound<VirtualServerDraft> bound, VirtualServerConfig config, DiagnosticSink sink)
    {
        if (!bound.Given.TryGetValue("persistence_engine", out Statement? statement))
        {
            return;
        }

        if (config.PersistenceTimeout is null)
        {
            sink.Report(DiagnosticCatalogue.EngineAlone, statement.HeaderSpan);
        }
        else if (config.Protocol != TransportProtocol.Udp && config.Targets.Any(target => target.Address.Mark == 0))
        {
            sink.Report(DiagnosticCatalogue.EngineWithoutDatagrams, statement.HeaderSpan, config.Protocol.UpperCaseName());
        }
    }
}
