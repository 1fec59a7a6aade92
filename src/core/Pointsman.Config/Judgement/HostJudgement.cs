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
}
