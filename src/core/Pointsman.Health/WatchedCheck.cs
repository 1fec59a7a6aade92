using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>A check machine with its place in the node: whose it is, where it goes, how it is spoken of.</summary>
internal sealed class WatchedCheck(int index, CheckDefinition definition, CheckMachine machine)
{
    internal int Index { get; } = index;

    /// <summary>In the order of the configuration; several when virtual servers share the check.</summary>
    internal List<WatchedServer> Servers { get; } = [];

    internal CheckMachine Machine { get; } = machine;

    internal CheckMethod Method => definition.Method;

    /// <summary>All virtual servers that want it rest.</summary>
    internal bool IsSuspended(ImmutableHashSet<int> suspended) =>
        Servers.All(server => suspended.Contains(server.Definition.Id.VirtualServer));

    /// <summary>How much later than agreed the outcome came: it waited on this node, not for the server.</summary>
    internal TimeSpan Overdue(TimeSpan sinceAsked) => sinceAsked - definition.Method.Limit(definition.Settings) - EndGrace;

    // A script that is told to end may take its time.
    private TimeSpan EndGrace => definition.Method is CheckMethod.Script ? TimeSpan.FromSeconds(2) : TimeSpan.Zero;

    internal HealthAction.StartProbe ToStartProbe(CheckAction.StartProbe probe, uint generation) => new(
        new ProbeId(Index, probe.Attempt, generation),
        new ProbeRequest(definition.Method, definition.Target, definition.Settings.ConnectTimeout)
        {
            Binding = definition.Binding,
            Step = probe.Step,
            Limit = definition.Method.Limit(definition.Settings),
            Road = definition.Road,
            PlainBecause = definition.PlainBecause,
        })
    {
        Server = Servers[0].Definition.Id,
    };

    /// <summary>The last outcome is news, a failure of a check that is up, and nothing else will tell of it.</summary>
    internal bool IsSilentFailure(CheckResult? before, bool hasTurned) => definition.LogsAllFailures && !hasTurned && Machine.IsUp
        && Machine.LastResult is { Outcome.IsSuccess: false } last && last != before;

    internal string FailureLine(ProbeOutcome outcome) =>
        $"{definition.Method.LogName} on service {KeepalivedName(Servers[0].Definition.Address, Servers[0].Definition.Protocol)} has failed once: {outcome.Reason}";

    internal string LogLine(CheckAction.Changed changed, ServerDefinition server)
    {
        string service = KeepalivedName(server.Address, server.Protocol);
        if (definition.Method is CheckMethod.Script script)
        {
            return $"Misc check for [{service} VS {server.Service}] by [{script.Command[0]}] "
                + (changed.IsUp ? "succeeded." : $"{changed.Outcome.Reason}.");
        }

        if (definition.Method is CheckMethod.Path path)
        {
            return $"BFD check of [{path.Name}] RS({service} of {server.Service}) is {(changed.IsUp ? "UP" : "DOWN")} ({changed.Outcome.Reason})";
        }

        if (changed.IsUp)
        {
            return definition.Method switch
            {
                CheckMethod.Tcp => $"TCP connection to {service} success.",
                CheckMethod.Udp => $"UDP connection to {service} success.",
                CheckMethod.Ping => $"ICMP connection to {service} success.",
                CheckMethod.Http => $"Remote Web server {service} succeed on service.",
                CheckMethod.Smtp => $"Remote SMTP server {service} succeed on service.",
                _ => $"{definition.Method.LogName} on service {service} success.",
            };
        }

        string verdict = changed.Attempts > 1 ? $"failed after {changed.Attempts - 1} retries." : "failed.";
        return $"{definition.Method.LogName} on service {service} {verdict} ({changed.Outcome.Reason})";
    }

    /// <summary>A check that goes elsewhere than to the server's own address says so.</summary>
    internal string Describe(CheckAction.Changed changed, ServerDefinition server) =>
        definition.Target == server.Address ? changed.Reason : $"check of {definition.Target}: {changed.Reason}";

    private static string KeepalivedName(TransportEndpoint address, TransportProtocol protocol) =>
        $"[{address.Address}]:{protocol.LowerCaseName()}:{address.Port}";
}
