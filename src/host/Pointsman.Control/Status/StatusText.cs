using System.Globalization;
using Pointsman.Control.Reload;

namespace Pointsman.Control.Status;

/// <summary>
/// A node's status as an operator reads it at night: who is master and why, which servers take clients and why not,
/// and what the data path did. Trouble is marked with words first, with colour only on a terminal.
/// </summary>
public sealed class StatusText
{
    /// <summary>Of a group; the others are counted, and `status --json` has all.</summary>
    private const int AddressesNamed = 16;

    private readonly TextWriter _out;
    private readonly StatusInk _ink;

    private StatusText(TextWriter target, StatusInk ink)
    {
        _out = target;
        _ink = ink;
    }

    /// <param name="colour">Only for a terminal.</param>
    public static void Write(NodeStatus node, TextWriter target, bool colour)
    {
        var text = new StatusText(target, new StatusInk(colour));
        text.WriteHead(node);
        text.WriteInstances(node);
        text.WriteScripts(node);
        text.WritePaths(node);
        foreach (VirtualServerStatus server in node.VirtualServers)
        {
            text.WriteVirtualServer(server);
        }

        text.WriteDeadMansSwitch(node);
        text.WriteSynchronisation(node);
        text.WriteSending(node);
        text.WriteByHand(node);
        text.WriteOverdue(node);
        text.WriteDataPath(node);
        text.WritePeers(node);
    }

    private void WriteSynchronisation(NodeStatus node)
    {
        foreach (SynchronisationStatus daemon in node.Synchronisation)
        {
            Line($"");
            foreach (string line in daemon.Text(_ink))
            {
                Line($"{line}");
            }
        }
    }

    private void WriteSending(NodeStatus node)
    {
        foreach (SendingStatus sending in node.Sending)
        {
            Line($"");
            Line($"{sending.Text(_ink)}");
        }
    }

    private void WriteHead(NodeStatus node)
    {
        Line($"{_ink.Strong(node.RouterId)}  pointsman {node.Version}  pid {node.Pid}  up {StatusFigures.Span(node.UptimeSeconds)}");
        Line($"{node.ConfigFile}{Reloaded(node.LastReload)}");
    }

    private string Reloaded(ReloadStatus? reload) => reload switch
    {
        null => "",
        { Applied: true } => $"  reloaded {StatusFigures.Span(reload.SecondsAgo)} ago ({ChangeText.Count(reload.Changes)})",
        _ => $"\n{_ink.Bad("RELOAD REFUSED")} {StatusFigures.Span(reload.SecondsAgo)} ago, the configuration before runs on: {reload.Why}",
    };

    private void WriteInstances(NodeStatus node)
    {
        foreach (InstanceStatus instance in node.Instances)
        {
            Line($"");
            string group = instance.SyncGroup is null ? "" : $"  group {instance.SyncGroup}";
            Line($"VRRP {_ink.Strong(instance.Name)}  {_ink.State(instance.State)} for {StatusFigures.Span(instance.SinceSeconds)}{Why(instance.Reason)}");
            Line($"  {instance.Interface}  vrid {instance.VirtualRouterId}  priority {Priority(instance)}  advert every {StatusFigures.Span(instance.AdvertIntervalSeconds)}{group}");
            if (OrderText(instance.Order) is { } order)
            {
                Line($"  {_ink.Warn("ordered")}    {order}");
            }

            Line($"  addresses  {string.Join("  ", instance.Addresses)}");
            if (instance.RulesMissing is { } missing)
            {
                Line($"  {_ink.Warn("firewall")}   {missing}");
            }

            Line($"  master     {Master(instance)}");
            Line($"  adverts    {Spoken(instance)}sent {instance.AdvertsSent}  received {instance.AdvertsReceived}{Discarded(instance)}");
            WriteRival(instance);
        }
    }

    private void WriteRival(InstanceStatus instance)
    {
        if (instance.Rival is { } rival)
        {
            string title = instance.SplitBrain ? "SPLIT BRAIN" : "another master";
            Line($"  {_ink.Warn(title)}  {rival.Text}");
            Line($"             seen for {StatusFigures.Span(rival.SeenSeconds)}; policy {instance.SplitBrainPolicy}");
        }
    }

    private static string? OrderText(string? order) => order switch
    {
        null => null,
        "stand-aside" => "stand aside: leaves a lower master in peace until this node is master again (`pointsman vrrp takeover`)",
        "take-over" => "take over from a lower master, nopreempt or not",
        "rest" or "rest-unserved" => "maintenance: stays out until `pointsman vrrp maintenance off`",
        _ => order,
    };

    private static string Priority(InstanceStatus instance) => instance.Priority == instance.EffectivePriority
        ? StatusFigures.Plain(instance.Priority)
        : $"{StatusFigures.Plain(instance.EffectivePriority)} (configured {StatusFigures.Plain(instance.Priority)})";

    private static string Spoken(InstanceStatus instance) => instance.SentTo.IsEmpty
        ? ""
        : $"version {instance.Version} from {instance.SentFrom ?? "nowhere yet"} to {string.Join(", ", instance.SentTo)}  ";

    private static string Master(InstanceStatus instance) => instance.Peer is null
        ? instance.State == "MASTER" ? "this node" : "none heard"
        : instance.PeerPriority is int priority ? $"{instance.Peer} (priority {StatusFigures.Plain(priority)})" : instance.Peer;

    private string Discarded(InstanceStatus instance)
    {
        if (instance.AdvertsDiscarded.Count == 0)
        {
            return "";
        }

        IEnumerable<string> reasons = instance.AdvertsDiscarded.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key} {StatusFigures.Plain(pair.Value)}");
        return $"  {_ink.Warn("discarded")} {string.Join(", ", reasons)}";
    }

    private void WriteScripts(NodeStatus node)
    {
        if (node.Scripts.IsEmpty)
        {
            return;
        }

        var table = new StatusTable("SCRIPT", "STATE", ">LAST RUN", "WHY");
        foreach (ScriptStatus script in node.Scripts)
        {
            table.Add(
                script.Name,
                _ink.State(script.State),
                script.LastRunSecondsAgo is double ago ? $"{StatusFigures.Span(ago)} ago" : "never",
                script.Reason);
        }

        Line($"");
        table.Write(_out, indent: "");
    }

    private void WritePaths(NodeStatus node)
    {
        if (node.Paths.IsEmpty)
        {
            return;
        }

        var table = new StatusTable("BFD", "NEIGHBOR", "STATE", "THEIRS", ">FOR", ">EVERY", ">DETECTS IN", ">SENT", ">RECEIVED", "WHY");
        foreach (PathStatus path in node.Paths)
        {
            string discarded = string.Join(", ", path.Discarded.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Value} discarded: {one.Key}")));
            table.Add(
                path.Name,
                path.Neighbor,
                _ink.State(path.State),
                path.RemoteState,
                StatusFigures.Span(path.SinceSeconds),
                string.Create(CultureInfo.InvariantCulture, $"{path.TransmitMs:0.#} ms"),
                string.Create(CultureInfo.InvariantCulture, $"{path.DetectMs:0.#} ms"),
                string.Create(CultureInfo.InvariantCulture, $"{path.Sent}"),
                string.Create(CultureInfo.InvariantCulture, $"{path.Received}"),
                string.Join("; ", new[] { path.Reason, discarded }.Where(text => text.Length > 0)));
        }

        Line($"");
        table.Write(_out, indent: "");
    }

    private static string FullNat(VirtualServerStatus server) =>
        server.FullNat.IsDefaultOrEmpty ? "" : $"  full nat as {string.Join(' ', server.FullNat)}";

    private void WriteVirtualServer(VirtualServerStatus server)
    {
        string persistence = server.PersistenceTimeout is double seconds ? $"  persistent {StatusFigures.Span(seconds)}{(server.PersistenceEngine is { } engine ? $" by {engine}" : "")}" : "";
        string armed = server.Armed ? _ink.Good("armed") : _ink.Quiet("not armed");
        int up = server.RealServers.Count(real => real is { State: "up", Order: not "disabled" });
        Line($"");
        string[] methods = [.. server.RealServers.Select(real => real.Kind).Where(kind => kind.Length > 0).Distinct()];
        string method = methods.Length == 0 ? server.Kind : string.Join(" + ", methods);
        Line($"{server.Protocol} {_ink.Strong(server.Address)}  {server.Scheduler} {method}{persistence}{(server.OnePacket ? "  ops" : "")}{FullNat(server)}  {armed}{Why(server.Why)}");
        WriteGroup(server);
        if (up == 0)
        {
            Line($"  {_ink.Bad(server.SorryServer is { } sorry
                ? $"no real server is up: sorry server {sorry} serves all clients"
                : "no real server is up: clients are not served")}");
        }

        // Answers come back through this node by NAT alone.
        bool isSeenBothWays = server.RealServers.Any(real => real.OutPackets > 0 || real.Kind == "NAT");
        string[] answers = isSeenBothWays ? [">OUT PKTS", ">OUT BYTES"] : [];
        bool isMixed = methods.Length > 1;
        string[] methodTitle = isMixed ? ["METHOD"] : [];
        var table = new StatusTable(
            ["REAL SERVER", .. methodTitle, "STATE", ">WEIGHT", ">ACTIVE", ">INACTIVE", ">CONNS", ">IN PKTS", ">IN BYTES", .. answers, "NEXT HOP", "CHECKED", "WHY"]);
        foreach (RealServerStatus real in server.RealServers)
        {
            string[] answered = isSeenBothWays ? [StatusFigures.Count(real.OutPackets), StatusFigures.Count(real.OutBytes)] : [];
            table.Add(
            [
                real.Address,
                .. isMixed ? (string[])[real.Kind] : [],
                State(real),
                StatusFigures.Plain(real.Weight),
                StatusFigures.Plain(real.Active),
                StatusFigures.Plain(real.Inactive),
                StatusFigures.Count(real.Connections),
                StatusFigures.Count(real.InPackets),
                StatusFigures.Count(real.InBytes),
                .. answered,
                real.Local ? "this node" : real.NextHop ?? _ink.Warn("not resolved"),
                real.LastCheck is LastCheckStatus check ? $"{StatusFigures.Span(check.SecondsAgo)} ago" : "-",
                ServerReason(real),
            ]);
        }

        table.Write(_out, indent: "  ");
    }

    private void WriteGroup(VirtualServerStatus server)
    {
        if (server.Group is null)
        {
            return;
        }

        bool isSplit = server.Addresses.Any(address => address.Armed != server.Armed);
        IEnumerable<string> named = server.Addresses.Take(AddressesNamed)
            .Select(address => isSplit && !address.Armed ? $"{address.Address} ({_ink.Quiet("not armed")})" : address.Address);
        string more = server.Addresses.Length > AddressesNamed ? $"  and {server.Addresses.Length - AddressesNamed} more" : "";
        Line($"  addresses  {string.Join("  ", named)}{more}");
    }

    private string State(RealServerStatus real) => real.State != "up" ? _ink.Bad("DOWN")
        : real.Order is "disabled" ? _ink.Warn(real.Order)
        : IsDraining(real) ? _ink.Warn(real.Active + real.Inactive > 0 ? "draining" : "drained")
        : _ink.Good("up");

    private static bool IsDraining(RealServerStatus real) => real.Order?.StartsWith("drained", StringComparison.Ordinal) == true;

    private string ServerReason(RealServerStatus real) => real.Order is null
        ? CheckReason(real)
        : $"{_ink.Warn($"{real.Order} by order")} (the file: weight {StatusFigures.Plain(real.ConfiguredWeight)}); {CheckReason(real)}";

    // An up server with a failing last check is on its way down: that is worth more than why it once came up.
    private string CheckReason(RealServerStatus real)
    {
        if (real is { State: "up", LastCheck: { Success: false } check })
        {
            return _ink.Warn($"failing: {check.Outcome}");
        }

        string since = real.SinceSeconds is double seconds ? $", for {StatusFigures.Span(seconds)}" : "";
        return real.State == "up" && real.LastCheck is LastCheckStatus last
            ? last.Through is null ? last.Outcome : $"{last.Outcome} through the VIP"
            : real.Reason + since;
    }

    private void WriteDeadMansSwitch(NodeStatus node)
    {
        if (node.DeadMansSwitch is not DeadMansSwitchStatus guard)
        {
            return;
        }

        string interfaces = string.Join(", ", guard.Interfaces.Select(entry => $"{entry.Name} {entry.Mode}"));
        string what = guard.Why.Length > 0 ? $"{guard.State}: {guard.Why}" : $"{guard.State}  {interfaces}";
        Line($"");
        Line($"DEAD MAN'S SWITCH  {(guard.State == "unavailable" ? _ink.Warn(what) : what)}");
    }

    private void WriteByHand(NodeStatus node)
    {
        if (node.ByHand.IsEmpty)
        {
            return;
        }

        Line($"");
        Line($"{_ink.Warn("SET BY HAND")}  over what {node.ConfigFile} says");
        foreach (string entry in node.ByHand)
        {
            Line($"  {entry}");
        }
    }

    private void WriteOverdue(NodeStatus node)
    {
        if (node.Checks is { Overdue: > 0 } checks)
        {
            Line($"");
            Line($"{_ink.Warn("CHECKS OVERDUE")}  {checks.Overdue} of {checks.Finished}, the worst by {StatusFigures.Span(checks.WorstLateSeconds)}: this node has no time for them");
        }
    }

    // Four connections share a bucket: half full, one new connection in 27 finds all four places of its own taken.
    private string Fill(DataPathStatus path)
    {
        const int TooFullPercent = 50;
        long percent = path.ConnectionCapacity == 0 ? 0 : path.Connections * 100 / path.ConnectionCapacity;
        string text = string.Create(CultureInfo.InvariantCulture, $"({percent}%)");
        return percent < TooFullPercent ? text : _ink.Warn($"{text}  a flood, or a table too small (#pointsman: connection_table)");
    }

    private void WriteDataPath(NodeStatus node)
    {
        if (node.DataPath is not DataPathStatus path)
        {
            return;
        }

        Line($"");
        IEnumerable<string> interfaces = path.Interfaces.Select(entry => $"{entry.Name} {entry.Mode}");
        string where = path.Interfaces.IsEmpty ? _ink.Warn("on no interface") : string.Join(", ", interfaces);
        Line($"DATA PATH  {where}  connections {path.Connections} of {path.ConnectionCapacity} {Fill(path)}");
        var table = new StatusTable("VERDICT", ">PACKETS");
        (string Name, ulong Count)[] met =
        [
            .. path.Verdicts.Where(verdict => verdict.Value > 0)
                .OrderByDescending(verdict => verdict.Value)
                .ThenBy(verdict => verdict.Key, StringComparer.Ordinal)
                .Select(verdict => (verdict.Key, verdict.Value)),
        ];
        foreach ((string name, ulong count) in met)
        {
            table.Add(name, StatusFigures.Count(count));
        }

        if (met.Length > 0)
        {
            table.Write(_out, indent: "  ");
        }
    }

    private void WritePeers(NodeStatus node)
    {
        if (node.Peers.IsEmpty)
        {
            return;
        }

        Line($"");
        var table = new StatusTable("PEER", "MAC", "INTERFACE", ">HEARD");
        foreach (PeerStatus peer in node.Peers)
        {
            table.Add(peer.Address, peer.Mac ?? "-", peer.Interface, $"{StatusFigures.Span(peer.HeardSecondsAgo)} ago");
        }

        table.Write(_out, indent: "");
    }

    private static string Why(string reason) => reason.Length == 0 ? "" : $"  ({reason})";

    private void Line(FormattableString line) => _out.Write(line.ToString(CultureInfo.InvariantCulture) + "\n");
}
