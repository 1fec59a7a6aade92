using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>
/// A virtual server of all ports (port 0, or none): a client's port stays as it is, by whatever method, and one client has one
/// real server for all of them.
/// </summary>
internal static class AllPortsRules
{
    public static bool Has(VirtualServerConfig server) => server.Targets.Any(target => target.Address is { Port: 0, Mark: 0 });

    /// <summary>IPVS takes none without persistence; keepalived gives it the usual one.</summary>
    public static VirtualServerConfig Complete(
        Bound<VirtualServerDraft> bound, VirtualServerConfig config, string header, DiagnosticSink sink)
    {
        if (!Has(config) || config.PersistenceTimeout is not null)
        {
            return config;
        }

        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.AllPortsPersistent, bound.Owner.HeaderSpan, header) with
        {
            Hint = "add `persistence_timeout 360`, or another number of seconds; or type a port",
        });
        return config with { PersistenceTimeout = TimeSpan.FromSeconds(VirtualServerRules.PersistenceDefaultSeconds) };
    }

    /// <summary>A port that was typed is where its checks go.</summary>
    public static RealServerConfig Addressed(Bound<RealServerConfig> bound, DiagnosticSink sink)
    {
        RealServerConfig server = bound.Value;
        ushort port = server.Address.Port;
        if (port == 0)
        {
            return server;
        }

        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.PortOfAllPorts, bound.Owner.Words[2].Span, port, "real_server") with
        {
            Label = "only its checks go there",
            Hint = $"type `real_server {server.Address.Address}`, and `connect_port {port}` in its checks",
        });
        return server with
        {
            Address = server.Address with { Port = 0 },
            Checks = [.. server.Checks.Select(check => Asks(check) ? check with { ConnectPort = check.ConnectPort ?? port } : check)],
        };
    }

    /// <summary>The sorry server's port.</summary>
    public static ushort PortOf(TransportEndpoint sorry, Statement typed, DiagnosticSink sink)
    {
        if (sorry.Port != 0)
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.PortOfAllPorts, typed.Words[2].Span, sorry.Port, "sorry_server") with
            {
                Hint = $"type `sorry_server {sorry.Address}`",
            });
        }

        return 0;
    }

    private static bool Asks(CheckerConfig check) => check is not (MiscCheckConfig or PingCheckConfig) && check.IsTimed;
}
