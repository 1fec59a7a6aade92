using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>A check machine with its place in the node: whose it is, where it goes, how it is spoken of.</summary>
internal sealed class WatchedCheck(int index, WatchedServer server, CheckDefinition definition, CheckMachine machine)
{
    internal int Index { get; } = index;

    internal WatchedServer Server { get; } = server;

    internal CheckMachine Machine { get; } = machine;

    internal CheckMethod Method => definition.Method;

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
        Server = Server.Definition.Id,
    };

    /// <summary>The last outcome is news, a failure of a check that is up, and nothing else will tell of it.</summary>
    internal bool IsSilentFailure(CheckResult? before, bool hasTurned) => definition.LogsAllFailures && !hasTurned && Machine.IsUp
        && Machine.LastResult is { Outcome.IsSuccess: false } last && last != before;

    internal string FailureLine(ProbeOutcome outcome) =>
        $"{definition.Method.LogName} on service {KeepalivedName(Server.Definition.Address, Server.Definition.Protocol)} has failed once: {outcome.Reason}";

    internal string LogLine(CheckAction.Changed changed)
    {
        string service = KeepalivedName(Server.Definition.Address, Server.Definition.Protocol);
        if (definition.Method is CheckMethod.Script script)
        {
            return $"Misc check for [{service} VS {Server.Definition.Service}] by [{script.Command[0]}] "
                + (changed.IsUp ? "succeeded." : $"{changed.Outcome.Reason}.");
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
    internal string Describe(CheckAction.Changed changed) =>
        definition.Target == Server.Definition.Address ? changed.Reason : $"check of {definition.Target}: {changed.Reason}";

    private static string KeepalivedName(TransportEndpoint address, TransportProtocol protocol) =>
        $"[{address.Address}]:{protocol.LowerCaseName()}:{address.Port}";
}
