using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>What must hold inside one <c>virtual_server</c>, and what keepalived assumes when a setting is absent.</summary>
internal static class VirtualServerRules
{
    /// <summary><c>persistence_timeout</c> without a number.</summary>
    public const int PersistenceDefaultSeconds = 360;

    /// <summary>Null: without real servers there is nothing to balance.</summary>
    public static VirtualServerConfig? Complete(Bound<VirtualServerDraft> bound, GlobalDefinitions global, DiagnosticSink sink)
    {
        string header = InstanceRules.Header(bound.Owner);
        SourceSpan place = bound.Owner.HeaderSpan;
        if (!bound.Has("real_server"))
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.NoRealServer, place, header) with
            {
                Hint = "add a `real_server ADDRESS PORT { ... }`, or remove the block",
            });
            return null;
        }

        if (!bound.Has("protocol") && bound.Value.Config.Targets.Any(target => target.Address.Mark == 0))
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.ProtocolMissing, place, header) with
            {
                Hint = "add `protocol TCP`; or `protocol UDP`, if that is meant",
            });
        }

        if (!bound.Has("lb_kind"))
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.KindMissing, place, header) with
            {
                Hint = "add `lb_kind NAT`; or `lb_kind DR`, which has the real servers answer past this node",
            });
        }

        if (!bound.Has("lb_algo"))
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.AlgorithmMissing, place, header) with
            {
                Hint = "add `lb_algo wlc`, or another: rr, wrr, lc, sed, nq, fo, ovf, sh, dh, mh, twos, lblc, lblcr",
            });
        }

        if (bound.Has("persistence_granularity") && !bound.Has("persistence_timeout"))
        {
            sink.Report(DiagnosticCatalogue.GranularityAlone, bound.Given["persistence_granularity"].HeaderSpan);
        }

        SchedulerRules.Check(bound, sink);
        VirtualServerConfig config = bound.Has("protocol")
            ? bound.Value.Config
            : bound.Value.Config with { Protocol = TransportProtocol.Udp };
        config = AllPortsRules.Complete(bound, config, header, sink);
        config = config with { RealServers = CompleteServers(config, bound.Value.RealServers, global, sink) };
        VirtualGroupRules.CheckPorts(config, sink);
        OnePacketRules.Check(bound, config, sink);
        EngineRules.Check(bound, config, sink);
        FullNatRules.Check(bound, config, sink);
        FamilyRules.Check(bound, config, sink);
        return QuorumRules.Complete(bound, config, sink);
    }

    public static VirtualServerDraft TakePersistence(VirtualServerDraft server, Setting setting)
    {
        if (setting.Value.TakenCount == 0)
        {
            return server.With(config =>
                config with { PersistenceTimeout = TimeSpan.FromSeconds(PersistenceDefaultSeconds) });
        }

        if (setting.Value.Number == 0)
        {
            setting.Sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.PersistenceOff, setting.Statement.HeaderSpan) with
            {
                Label = "each connection is balanced by itself",
                Hint = "remove the line, or type how many seconds a client keeps its real server",
            });
            return server.With(config => config with { PersistenceTimeout = null });
        }

        return server.With(config => config with { PersistenceTimeout = setting.Value.Time });
    }

    private static ImmutableArray<RealServerConfig> CompleteServers(
        VirtualServerConfig owner, ImmutableArray<Bound<RealServerConfig>> servers, GlobalDefinitions global, DiagnosticSink sink)
    {
        var kept = ImmutableArray.CreateBuilder<RealServerConfig>(servers.Length);
        var places = new Dictionary<TransportEndpoint, SourceSpan>();
        foreach (Bound<RealServerConfig> bound in servers)
        {
            RealServerConfig server = Addressed(owner, bound, sink);
            SourceSpan place = bound.Owner.HeaderSpan;
            TransportEndpoint reached = AllPortsRules.Has(owner) || VirtualGroupRules.CommonPort(owner) == 0 ? server.Address with { Port = 0 } : server.Address;
            if (places.TryGetValue(reached, out SourceSpan first))
            {
                string name = $"{server.Address.Address} {server.Address.Port}";
                sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.RealServerTwice, place, name) with
                {
                    Label = "dropped",
                    Related = new RelatedPlace(first, "first given here"),
                });
                continue;
            }

            places.Add(reached, place);
            kept.Add(server with
            {
                Weight = bound.Has("weight") ? server.Weight : owner.Weight ?? server.Weight,
                InhibitOnFailure = bound.Has("inhibit_on_failure") ? server.InhibitOnFailure : owner.InhibitOnFailure,
                Checks = [.. server.Checks.Select(check => CheckerRules.Complete(check, server, owner, global))],
            });
            SchedulerRules.CheckThresholds(bound, sink);
            NoticeUnchecked(bound, sink);
        }

        return kept.ToImmutable();
    }

    // How it is reached decides whether it may have a port of its own.
    private static RealServerConfig Addressed(
        VirtualServerConfig owner, Bound<RealServerConfig> bound, DiagnosticSink sink)
    {
        TransportEndpoint address = bound.Value.Address;
        bool isOwn = bound.Has("lvs_method");
        LoadBalanceKind kind = isOwn ? bound.Value.Kind : owner.Kind;
        ushort guePort = isOwn ? bound.Value.GuePort : owner.GuePort;
        if (VirtualGroupRules.CommonPort(owner) is not { } virtualPort)
        {
            return bound.Value with { Kind = kind, GuePort = guePort };
        }

        if (virtualPort == 0)
        {
            return AllPortsRules.Addressed(bound, sink) with { Kind = kind, GuePort = guePort };
        }

        if (address.Port == virtualPort || (address.Port != 0 && kind == LoadBalanceKind.Nat))
        {
            return bound.Value with { Kind = kind, GuePort = guePort };
        }

        // Port 0: none was given, and the virtual server's is meant.
        if (address.Port != 0)
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.PortReset, bound.Owner.Words[2].Span, address.Port, virtualPort) with
            {
                Label = "a packet reaches the real server with the port the client typed",
                Hint = $"type `real_server {address.Address} {virtualPort}`, and let the server listen there; or `lb_kind NAT`",
            });
        }

        return bound.Value with { Address = address with { Port = virtualPort }, Kind = kind, GuePort = guePort };
    }

    private static void NoticeUnchecked(Bound<RealServerConfig> bound, DiagnosticSink sink)
    {
        bool hasChecker = !bound.Value.Checks.IsEmpty || bound.Owner.Body is { } body && body.Statements.Any(LooksLikeChecker);
        if (!hasChecker)
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.NeverChecked, bound.Owner.HeaderSpan, InstanceRules.Header(bound.Owner)) with
            {
                Hint = "add `TCP_CHECK { connect_timeout 3 }`",
            });
        }
    }

    // A misspelt or unsupported checker has its own complaint.
    private static bool LooksLikeChecker(Statement statement) => statement.Body is not null;
}
