using System.Globalization;
using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Config.Judgement;

/// <summary>Whether clients of a service are treated the same after a failover.</summary>
internal static class ServiceJudgement
{
    public static void Compare(
        JudgedNode firstNode, VirtualServerConfig first, JudgedNode otherNode, VirtualServerConfig other, DiagnosticSink sink)
    {
        if (firstNode == otherNode)
        {
            return;
        }

        CompareSetting("lb_algo", Algorithm(first), Algorithm(other), first, other, sink);
        CompareSetting("persistence_timeout", Persistence(first), Persistence(other), first, other, sink);
        if (first.PersistenceTimeout is not null && other.PersistenceTimeout is not null)
        {
            CompareSetting("persistence_granularity", Granularity(first), Granularity(other), first, other, sink);
        }

        CompareServers(first, other, sink);
        CompareChecks(first, other, sink);
    }

    // One remark a service: where the checks of one server were changed, its neighbours' mostly were as well.
    private static void CompareChecks(VirtualServerConfig first, VirtualServerConfig other, DiagnosticSink sink)
    {
        var known = first.RealServers.DistinctBy(real => real.Address).ToDictionary(real => real.Address);
        foreach (RealServerConfig real in other.RealServers)
        {
            if (known.TryGetValue(real.Address, out RealServerConfig? before)
                && !Checks(first, before).SequenceEqual(Checks(other, real)))
            {
                sink.Add(DiagnosticSink.Make(JudgementCatalogue.ChecksDiffer, real.Source, Wording.Endpoint(other.Address)) with
                {
                    Label = "after a failover this server is judged otherwise",
                    Related = new RelatedPlace(before.Source, "than here"),
                });
                return;
            }
        }
    }

    private static IEnumerable<(CheckTiming Timing, IpAddress Address, ushort Port)> Checks(
        VirtualServerConfig server, RealServerConfig real) =>
        real.Checks.Select(check => (
            CheckTiming.Of(server, check), check.ConnectIp ?? real.Address.Address, check.ConnectPort ?? real.Address.Port));

    private static void CompareSetting(
        string setting, string here, string there, VirtualServerConfig first, VirtualServerConfig other, DiagnosticSink sink)
    {
        if (here != there)
        {
            sink.Add(DiagnosticSink.Make(
                JudgementCatalogue.BalancingDiffers, other.Source, setting, Wording.Endpoint(other.Address)) with
            {
                Label = there,
                Related = new RelatedPlace(first.Source, here),
            });
        }
    }

    private static void CompareServers(VirtualServerConfig first, VirtualServerConfig other, DiagnosticSink sink)
    {
        var known = first.RealServers.DistinctBy(real => real.Address).ToDictionary(real => real.Address);
        var here = first.RealServers.Select(real => real.Address).ToHashSet();
        here.ExceptWith(other.RealServers.Select(real => real.Address));
        var there = other.RealServers.Select(real => real.Address).Where(address => !known.ContainsKey(address)).ToList();
        if (here.Count > 0 || there.Count > 0)
        {
            sink.Add(DiagnosticSink.Make(JudgementCatalogue.ServersDiffer, other.Source, Wording.Endpoint(other.Address)) with
            {
                Label = OnlyHere(there),
                Related = new RelatedPlace(first.Source, OnlyHere([.. here.Order()])),
            });
        }

        foreach (RealServerConfig real in other.RealServers)
        {
            if (known.TryGetValue(real.Address, out RealServerConfig? before) && before.Weight != real.Weight)
            {
                sink.Add(DiagnosticSink.Make(JudgementCatalogue.WeightsDiffer, real.Source, Wording.Endpoint(real.Address)) with
                {
                    Label = string.Create(CultureInfo.InvariantCulture, $"`weight {real.Weight}`"),
                    Related = new RelatedPlace(
                        before.Source, string.Create(CultureInfo.InvariantCulture, $"`weight {before.Weight}`")),
                });
            }
        }
    }

    private static string OnlyHere(List<TransportEndpoint> addresses) => addresses.Count == 0
        ? "nothing the other has not"
        : $"only here: {Wording.Some([.. addresses.Select(Wording.Endpoint)])}";

    private static string Algorithm(VirtualServerConfig server) => $"`lb_algo {server.Algorithm.ToString().ToLowerInvariant()}`";

    private static string Persistence(VirtualServerConfig server) => server.PersistenceTimeout is { } time
        ? string.Create(CultureInfo.InvariantCulture, $"`persistence_timeout {time.TotalSeconds:0}`")
        : "no persistence";

    private static string Granularity(VirtualServerConfig server) => server.PersistenceGaps == 0
        ? string.Create(CultureInfo.InvariantCulture, $"/{server.PersistencePrefixLength}")
        : new V4Mask(server.PersistencePrefixLength, server.PersistenceGaps).ToString();
}
