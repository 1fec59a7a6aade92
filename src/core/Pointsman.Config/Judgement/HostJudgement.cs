using System.Globalization;
using Pointsman.Base;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;

namespace Pointsman.Config.Judgement;

/// <summary>What is remarked on a configuration and the machine it is for.</summary>
internal static class HostJudgement
{
    private const string Root = "root";

    public static void Judge(Configuration configuration, IHost host, DiagnosticSink sink)
    {
        NoticeMissingInterfaces(configuration, host, sink);
        NoticeScripts(configuration, host, sink);
        NoticeOwnAddresses(configuration, host, sink);
        NoticeMarks(configuration, host, sink);
        NoticeLocalAddresses(configuration, host, sink);
    }

    private static void NoticeMissingInterfaces(Configuration configuration, IHost host, DiagnosticSink sink)
    {
        var told = new HashSet<string>(host.Interfaces);
        foreach ((string name, SourceSpan place) in configuration.Instances.SelectMany(InterfacesOf))
        {
            if (told.Add(name))
            {
                string? near = EditDistance.Nearest(name, host.Interfaces.Order());
                sink.Add(DiagnosticSink.Make(JudgementCatalogue.InterfaceMissing, place, name) with
                {
                    Label = near is null ? $"there are {string.Join(", ", host.Interfaces.Order())}" : $"did you mean `{near}`?",
                });
            }
        }
    }

    private static IEnumerable<(string Name, SourceSpan Place)> InterfacesOf(VrrpInstanceConfig instance)
    {
        yield return (instance.Interface, instance.Source);
        foreach (VirtualAddressConfig address in instance.HeldAddresses.Where(address => address.Device is not null))
        {
            yield return (address.Device!, address.Source);
        }

        foreach (TrackedInterfaceConfig tracked in instance.TrackInterfaces)
        {
            yield return (tracked.Name, tracked.Source);
        }
    }

    public static void NoticeScripts(Configuration configuration, IHost host, DiagnosticSink sink)
    {
        GlobalDefinitions global = configuration.Global;
        foreach (HostedScript script in HostedScript.Of(configuration))
        {
            string? user = script.User ?? global.ScriptUser;
            if (host.WhyNotRunnable(script.Program, user, script.Group ?? global.ScriptGroup) is { } obstacle)
            {
                sink.Add(DiagnosticSink.Make(JudgementCatalogue.ScriptNotRunnable, script.Place, script.Name) with
                {
                    Label = obstacle, Hint = script.IfItDoesNotRun,
                });
            }
            else if (user is null or Root && host.WhoElseMayChange(script.Program) is { } stranger)
            {
                sink.Add(DiagnosticSink.Make(JudgementCatalogue.ScriptOpen, script.Place, script.Name) with { Label = stranger });
            }
        }
    }

    private static void NoticeOwnAddresses(Configuration configuration, IHost host, DiagnosticSink sink)
    {
        // What an instance brings here is nobody's own address; and by its adverts' source a node is known already.
        var notOwn = configuration.Instances.SelectMany(JudgedNode.Addresses)
            .Concat(ServerJudgement.Directors(configuration).Keys)
            .ToHashSet();
        foreach (RealServerConfig real in configuration.VirtualServers.SelectMany(server => server.RealServers))
        {
            IpAddress address = real.Address.Address;
            if (configuration.Instances.Length > 0 && host.Addresses.Contains(address) && notOwn.Add(address))
            {
                sink.Add(DiagnosticSink.Make(JudgementCatalogue.ServerIsDirector, real.Source, address) with
                {
                    Label = "an address of this host",
                });
            }
        }
    }

    private static void NoticeMarks(Configuration configuration, IHost host, DiagnosticSink sink)
    {
        (TransportEndpoint Target, SourceSpan Place)[] marks = [.. configuration.VirtualServers
            .SelectMany(server => server.Targets.Where(target => target.Address.Mark != 0), (server, target) => (target.Address, PlaceOf(configuration, server, target.Address)))];
        if (marks.Length == 0 || host.MarksThatAreSet() is not { } set)
        {
            return;
        }

        foreach ((TransportEndpoint target, SourceSpan place) in marks.DistinctBy(mark => mark.Target))
        {
            if (!set.Contains((target.Mark, target.Address.Family)))
            {
                bool isV4 = target.Address.IsV4;
                sink.Add(DiagnosticSink.Make(JudgementCatalogue.MarkNeverSet, place, isV4 ? "IPv4" : "IPv6", target.Mark) with
                {
                    Label = "so none comes",
                    Hint = $"let a rule in a chain of hook prerouting say `{(isV4 ? "ip" : "ip6")} daddr ADDRESS tcp dport PORT meta mark set {target.Mark}`",
                });
            }
        }
    }

    private static void NoticeLocalAddresses(Configuration configuration, IHost host, DiagnosticSink sink)
    {
        var here = host.Addresses
            .Concat(configuration.Instances.SelectMany(JudgedNode.Addresses))
            .Concat(configuration.Static.Addresses.Select(address => address.Prefix.Address))
            .ToHashSet();
        foreach (VirtualServerConfig server in configuration.VirtualServers)
        {
            IpAddress[] missing = [.. server.FullNat.Where(address => !here.Contains(address))];
            if (missing.Length > 0)
            {
                string more = missing.Length == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", and {missing.Length - 1} more");
                sink.Add(DiagnosticSink.Make(JudgementCatalogue.LocalAddressMissing, server.Source, missing[0]) with
                {
                    Label = $"what servers answer does not come here{more}",
                });
            }
        }
    }

    // Of a group the line that has it.
    private static SourceSpan PlaceOf(Configuration configuration, VirtualServerConfig server, TransportEndpoint target) => configuration.VirtualServerGroups
        .Where(group => group.Name == server.Group)
        .SelectMany(group => group.Ranges)
        .FirstOrDefault(range => range.Mark == target.Mark && (range.MarkFamily ?? target.Address.Family) == target.Address.Family)?.Source ?? server.Source;
}
