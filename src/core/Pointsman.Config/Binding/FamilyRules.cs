using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>No packet becomes one of another family on its way, so what belongs together is of one; a tunnel hides which one it carries.</summary>
internal static class FamilyRules
{
    public static void Check(Bound<VirtualServerDraft> bound, VirtualServerConfig config, DiagnosticSink sink)
    {
        // Of a group: one of each family that it has.
        foreach (VirtualTarget target in config.Targets.DistinctBy(target => target.Address.Address.Family))
        {
            Check(bound, config, target.Address, sink);
        }
    }

    private static void Check(Bound<VirtualServerDraft> bound, VirtualServerConfig config, TransportEndpoint target, DiagnosticSink sink)
    {
        IpAddress virtualAddress = target.Address;
        string name = MarkRules.SourceOf(target, config);
        if (target.Mark == 0 && config.Family is { } family && family != virtualAddress.Family)
        {
            SourceSpan place = bound.PlaceOf("ip_family");
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.FamiliesMixed, place, virtualAddress, NameOf(virtualAddress.Family), $"ip_family {MarkRules.WordOf(family)}") with
            {
                Hint = "leave `ip_family` out: the address tells the family",
            });
        }

        foreach (RealServerConfig server in config.RealServers)
        {
            if (!server.Kind.IsTunnel())
            {
                Compare(server.Address.Address, virtualAddress.Family, name, server.Source, "a real server", sink);
            }

            foreach (CheckerConfig check in server.Checks)
            {
                IpAddress asked = check.ConnectIp ?? server.Address.Address;
                Compare(check.BindTo ?? asked, asked.Family, asked.ToString(), check.Source, "where a check comes from", sink);
            }
        }

        if (!(config.SorryServerKind ?? config.Kind).IsTunnel())
        {
            Compare(config.SorryServer?.Address ?? virtualAddress, virtualAddress.Family, name, bound.PlaceOf("sorry_server"), "a sorry server", sink);
        }

        string source = Directive.Prefix + "check_road_source";
        Compare(config.CheckRoadSource ?? virtualAddress, virtualAddress.Family, name, bound.PlaceOf(source), "where a check comes from", sink);
        CheckGranularity(bound, virtualAddress, sink);
    }

    /// <param name="other">What the family is from.</param>
    private static void Compare(IpAddress address, IpFamily family, string other, SourceSpan place, string what, DiagnosticSink sink)
    {
        if (address.Family != family)
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.FamiliesMixed, place, address, NameOf(address.Family), other) with
            {
                Hint = $"type {what} with an {NameOf(family)} address",
            });
        }
    }

    private static void CheckGranularity(Bound<VirtualServerDraft> bound, IpAddress virtualAddress, DiagnosticSink sink)
    {
        if (bound.Given.TryGetValue("persistence_granularity", out Statement? statement) && statement.Arguments.Length == 1)
        {
            Word word = statement.Arguments[0];
            bool isMask = IpAddress.TryParse(word.Text, out IpAddress mask) && mask.IsV4;
            bool isLength = word.Text.All(char.IsAsciiDigit);
            if (virtualAddress.IsV4 && isLength)
            {
                ArgumentReader.ReportWrong(word, "a netmask", sink, hint: "type a netmask, as 255.255.255.0; a length is for IPv6");
            }
            else if (!virtualAddress.IsV4 && isMask)
            {
                ArgumentReader.ReportWrong(
                    word, "a prefix length from 1 to 128", sink, hint: "type a length, as 64: a netmask is for IPv4");
            }
        }
    }

    private static string NameOf(IpFamily family) => family == IpFamily.V4 ? "IPv4" : "IPv6";
}
