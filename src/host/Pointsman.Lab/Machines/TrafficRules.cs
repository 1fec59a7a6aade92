using System.Globalization;
using System.Text;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Machines;

/// <summary>
/// Counters in the switch's ports of frames to the virtual IPs. They stand outside the machines: no XDP program can hide
/// a frame from them, and a frame is known by the port it came in at, whatever MAC address it carries.
/// </summary>
internal static class TrafficRules
{
    internal const string Table = "lab_traffic";
    internal const string FromClient = "from_client";
    internal const string Asked = "asked";
    internal const string PassedOn = "passed_on";

    internal static string Delivered(string node) => $"to_{node}";

    internal static string Forwarded(string sender, string receiver) => $"{sender}_to_{receiver}";

    internal static string For(LabTopology topology)
    {
        string toVirtual = $"ip daddr {{ {string.Join(", ", topology.VirtualAddresses)} }}";
        LabNode[] directors = [.. topology.Directors];

        // Left out where frames are weighed against the clients': directors check their servers by the clients' road. When one
        // director sends another's check on, that is forwarding, and counts.
        string ownNames = $"{{ {string.Join(", ", directors.Select(director => director.Address))} }}";
        string notAsked = directors.Length == 0 ? "" : $"ip saddr != {ownNames} ";
        StringBuilder rules = new();
        rules.AppendLine(CultureInfo.InvariantCulture, $"table netdev {Table} {{");
        foreach (string counter in CountersOf(topology))
        {
            rules.AppendLine(CultureInfo.InvariantCulture, $"counter {counter} {{ }}");
        }

        Chain(rules, "ingress", LabTopology.ClientName, [$"{toVirtual} counter name {FromClient}"]);
        foreach (LabNode director in directors)
        {
            // What a director sends in its own name is a client's: a web server there may ask the database's virtual IP.
            Chain(rules, "ingress", director.Name,
            [
                $"{toVirtual} ip saddr != {director.Address} meta mark set {MarkOf(directors, director)}",
                $"{toVirtual} ip saddr {director.Address} counter name {Asked}",
                $"{toVirtual} ip saddr != {director.Address} ip saddr {ownNames} counter name {PassedOn}",
            ]);
        }

        foreach (LabNode node in topology.Nodes)
        {
            IEnumerable<string> forwarded = directors
                .Where(sender => node.Runs(LabService.Director) && sender != node)
                .Select(sender => $"{toVirtual} meta mark {MarkOf(directors, sender)} counter name {Forwarded(sender.Name, node.Name)}");
            Chain(rules, "egress", node.Name, [$"{toVirtual} {notAsked}counter name {Delivered(node.Name)}", .. forwarded]);
        }

        return rules.Append('}').ToString();
    }

    private static IEnumerable<string> CountersOf(LabTopology topology) =>
        topology.Nodes.Select(node => Delivered(node.Name))
            .Concat([FromClient, Asked, PassedOn])
            .Concat(from sender in topology.Directors from receiver in topology.Directors
                    where sender != receiver select Forwarded(sender.Name, receiver.Name));

    private static int MarkOf(LabNode[] directors, LabNode director) => Array.IndexOf(directors, director) + 1;

    private static void Chain(StringBuilder rules, string hook, string port, IEnumerable<string> lines)
    {
        rules.AppendLine(CultureInfo.InvariantCulture, $"chain {hook}_{port} {{ type filter hook {hook} device \"{port}\" priority 0;");
        foreach (string line in lines)
        {
            rules.AppendLine(line);
        }

        rules.AppendLine("}");
    }
}
