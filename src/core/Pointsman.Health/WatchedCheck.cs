using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>A check machine with its place in the node: whose it is, where it goes, how it is spoken of.</summary>
internal sealed class WatchedCheck(int index, WatchedServer server, CheckDefinition definition, CheckMachine machine)
{
    internal int Index { get; } = index;

    internal WatchedServer Server { get; } = server;

    internal CheckMachine Machine { get; } = machine;

    internal HealthAction.StartProbe ToStartProbe(uint attempt, uint generation) =>
        new(new ProbeId(Index, attempt, generation), definition.Target, definition.Settings.ConnectTimeout, definition.Bind);

    internal string LogLine(CheckAction.Changed changed)
    {
        string service = KeepalivedName(Server.Definition.Address, Server.Definition.Protocol);
        if (changed.IsUp)
        {
            return $"TCP connection to {service} success.";
        }

        string verdict = changed.Attempts > 1 ? $"failed after {changed.Attempts - 1} retries." : "failed.";
        return $"TCP_CHECK on service {service} {verdict} ({changed.Outcome.Reason})";
    }

    /// <summary>A check that goes elsewhere than to the server's own address says so.</summary>
    internal string Describe(CheckAction.Changed changed) =>
        definition.Target == Server.Definition.Address ? changed.Reason : $"check of {definition.Target}: {changed.Reason}";

    private static string KeepalivedName(TransportEndpoint address, TransportProtocol protocol) =>
        $"[{address.Address}]:{protocol.LowerCaseName()}:{address.Port}";
}
