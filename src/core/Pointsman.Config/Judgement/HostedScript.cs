using System.Collections.Immutable;
using Pointsman.Config.Model;

namespace Pointsman.Config.Judgement;

/// <summary>A program that the configuration has this host run.</summary>
/// <param name="Name">What the operator knows it by.</param>
/// <param name="User">Null: <c>script_user</c>.</param>
internal sealed record HostedScript(
    string Name, string Program, string? User, string? Group, SourceSpan Place, string IfItDoesNotRun)
{
    private const string CountsAsFailed = "a script that does not run counts as failed, always";
    private const string TellsNobody = "a script that does not run tells nobody, and what it should do is not done";

    /// <summary>All of them; one that several settings name, at each.</summary>
    public static IEnumerable<HostedScript> Of(Configuration configuration) =>
        Tracked(configuration).Concat(Checking(configuration)).Concat(Notifying(configuration)
            .OfType<NotifyScriptConfig>()
            .SelectMany(script => Of(script.Command, script.User, script.Group, script.Source, TellsNobody)));

    private static IEnumerable<HostedScript> Tracked(Configuration configuration) => configuration.Scripts.SelectMany(script =>
        Of(script.Command, script.User, script.Group, script.Source, CountsAsFailed)
            .Select(hosted => hosted with { Name = $"vrrp_script {script.Name}" }));

    private static IEnumerable<HostedScript> Checking(Configuration configuration) => configuration.VirtualServers
        .SelectMany(server => server.RealServers).SelectMany(real => real.Checks).OfType<MiscCheckConfig>()
        .SelectMany(check => Of(check.Command, check.User, check.Group, check.Source, CountsAsFailed));

    private static IEnumerable<NotifyScriptConfig?> Notifying(Configuration configuration)
    {
        IEnumerable<NotifyScriptConfig?> ofRouters = configuration.Instances.SelectMany(instance => instance.Notify.Scripts)
            .Concat(configuration.SyncGroups.SelectMany(group => group.Notify.Scripts));
        IEnumerable<NotifyScriptConfig?> ofServers = configuration.VirtualServers.SelectMany(server =>
            server.RealServers.SelectMany(real => new[] { real.NotifyUp, real.NotifyDown })
                .Concat([server.QuorumUp, server.QuorumDown]));
        return [.. ofRouters, .. ofServers, configuration.Global.NotifyFifo?.Script, configuration.Global.VrrpNotifyFifo?.Script];
    }

    // `</path`: that the file is not there is what the script finds out.
    private static bool IsFileToOpen(string program) => program.StartsWith('<');

    private static IEnumerable<HostedScript> Of(
        ImmutableArray<string> command, string? user, string? group, SourceSpan place, string ifItDoesNotRun) =>
        command.IsEmpty || IsFileToOpen(command[0]) ? [] : [new HostedScript(command[0], command[0], user, group, place, ifItDoesNotRun)];
}
