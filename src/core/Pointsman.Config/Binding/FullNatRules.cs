using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary><c>#pointsman: full_nat</c>: the addresses as which real servers see their clients.</summary>
internal static class FullNatRules
{
    public const string Name = Directive.Prefix + "full_nat";
    private const string Form = "ADDRESS or FIRST-LAST";

    /// <summary>As many as the data path keeps for a service.</summary>
    private const int AddressesMost = 16;

    public static VirtualServerDraft Take(VirtualServerDraft server, Setting setting)
    {
        var addresses = ImmutableArray.CreateBuilder<IpAddress>();
        foreach (Word word in setting.Statement.Arguments)
        {
            if (!VirtualRangeLine.TryReadRange(word, Form, setting.Sink, out IpAddress first, out IpAddress last))
            {
                return server;
            }

            var range = new VirtualRangeConfig(first, last, 0, word.Span);
            if (range.Count > (UInt128)(AddressesMost - addresses.Count))
            {
                ArgumentReader.ReportWrong(word, $"one of at most {AddressesMost} addresses", setting.Sink);
                return server;
            }

            addresses.AddRange(range.Targets(first.Family).Select(target => target.Address.Address).Where(address => !addresses.Contains(address)));
        }

        return server.With(config => config with { FullNat = addresses.ToImmutable() });
    }

    public static void Check(Bound<VirtualServerDraft> bound, VirtualServerConfig config, DiagnosticSink sink)
    {
        if (config.FullNat.IsEmpty)
        {
            return;
        }

        SourceSpan place = bound.PlaceOf(Name);
        if (config.Protocol == TransportProtocol.Sctp)
        {
            Report("SCTP names the addresses of both ends in its packets", place, "type `protocol TCP` or `UDP`, or remove the line", sink);
        }

        bool isByNat = config.RealServers.Any(server => server.Kind == LoadBalanceKind.Nat)
            || (config.SorryServer is not null && (config.SorryServerKind ?? config.Kind) == LoadBalanceKind.Nat);
        if (!isByNat)
        {
            Report("none of the servers is reached by NAT", place, "type `lb_kind NAT`, or remove the line", sink);
        }

        foreach (IpAddress family in config.Targets.Select(target => target.Address.Address).DistinctBy(address => address.Family))
        {
            if (!config.FullNat.Any(local => local.Family == family.Family))
            {
                string name = family.IsV4 ? "IPv4" : "IPv6";
                Report($"none of its addresses is of {name}, as `{config.Name}` is", place, $"add an address of this node, of {name}", sink);
            }
        }
    }

    /// <summary>Answers to a virtual address would be taken for requests.</summary>
    public static void CheckApart(List<Bound<VirtualServerDraft>> servers, DiagnosticSink sink)
    {
        HashSet<IpAddress> virtuals =
            [.. servers.SelectMany(bound => bound.Value.Config.Targets).Where(target => target.Address.Mark == 0).Select(target => target.Address.Address)];
        foreach (Bound<VirtualServerDraft> bound in servers)
        {
            foreach (IpAddress local in bound.Value.Config.FullNat.Where(virtuals.Contains))
            {
                Report($"{local} is the address of a virtual server", bound.PlaceOf(Name), "type an address that clients do not ask for", sink);
            }
        }
    }

    private static void Report(string why, SourceSpan place, string hint, DiagnosticSink sink) =>
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.FullNatImpossible, place, why) with { Hint = hint });
}
