using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>What must hold between a quorum and the servers it counts, and for the server that stands in.</summary>
internal static class QuorumRules
{
    public static VirtualServerConfig Complete(Bound<VirtualServerDraft> bound, VirtualServerConfig server, DiagnosticSink sink)
    {
        long weight = server.RealServers.Sum(real => (long)real.Weight);
        if (bound.Has("quorum") && server.Quorum > weight)
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.QuorumTooHigh, bound.PlaceOf("quorum"), server.Quorum, weight) with
            {
                Label = $"taken as {Math.Max(1, weight)}",
                Hint = "type a number that the weights of the real servers reach together",
            });
            server = server with { Quorum = Math.Max(1, weight) };
        }

        if (server.Hysteresis >= server.Quorum)
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.HysteresisTooHigh, bound.PlaceOf("hysteresis"), server.Hysteresis, server.Quorum) with
            {
                Label = $"taken as {server.Quorum - 1}",
                Hint = "type a number below the quorum",
            });
            server = server with { Hysteresis = server.Quorum - 1 };
        }

        return server.SorryServer is { } sorry
            ? server with { SorryServer = sorry with { Port = PortOf(sorry, server, bound, sink) } }
            : server;
    }

    private static ushort PortOf(TransportEndpoint sorry, VirtualServerConfig server, Bound<VirtualServerDraft> bound, DiagnosticSink sink)
    {
        if (VirtualGroupRules.CommonPort(server) is not { } virtualPort)
        {
            return sorry.Port;
        }

        if (virtualPort == 0)
        {
            return AllPortsRules.PortOf(sorry, bound.Given["sorry_server"], sink);
        }

        if (sorry.Port != 0 && sorry.Port != virtualPort)
        {
            if ((server.SorryServerKind ?? server.Kind) == LoadBalanceKind.Nat)
            {
                return sorry.Port;
            }

            Statement typed = bound.Given["sorry_server"];
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.PortReset, typed.Words[2].Span, sorry.Port, virtualPort) with
            {
                Label = "a packet reaches the server with the port the client typed",
                Hint = $"type `sorry_server {sorry.Address} {virtualPort}`, and let the server listen there; or `sorry_server_lvs_method NAT`",
            });
        }

        return virtualPort;
    }
}
