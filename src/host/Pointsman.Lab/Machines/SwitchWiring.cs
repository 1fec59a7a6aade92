using System.Globalization;
using System.Text;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Machines;

/// <summary>
/// Cables the machines to the switch: one bridge, one veth pair per machine made directly between the two namespaces, so
/// that nothing ever exists in the host's own network.
/// </summary>
internal static class SwitchWiring
{
    private const string Bridge = "br0";
    private const string PassObject = "xdp_pass.bpf.o";

    internal static void Connect(LabTopology topology, Machine ethernetSwitch, IReadOnlyDictionary<string, Machine> machines,
        LabOptions options)
    {
        string passPath = Path.Combine(options.StateDirectory, PassObject);
        LabFiles.WriteTo(PassObject, passPath);

        StringBuilder ports = new();
        ports.AppendLine(CultureInfo.InvariantCulture, $"link add name {Bridge} type bridge stp_state 0 forward_delay 0 mcast_snooping 0");
        ports.AppendLine(CultureInfo.InvariantCulture, $"link set dev {Bridge} up");
        foreach (LabNode node in topology.Nodes)
        {
            int pid = machines[node.Name].InitPid;
            ports.AppendLine(CultureInfo.InvariantCulture, $"link add name {node.Name} type veth peer name eth0 address {node.Mac} netns {pid}");
            // XDP_TX of a veth delivers only when the other end has a native program too.
            ports.AppendLine(CultureInfo.InvariantCulture, $"link set dev {node.Name} xdpdrv obj {passPath} sec xdp");
            ports.AppendLine(CultureInfo.InvariantCulture, $"link set dev {node.Name} master {Bridge} up");
        }

        // Only the network namespace is entered: the program's file is the host's.
        InNetworkOf(ethernetSwitch, ["ip", "-batch", "-"], ports.ToString());
        InNetworkOf(ethernetSwitch, ["nft", "-f", "-"], TrafficRules.For(topology));
        foreach (LabNode node in topology.Nodes)
        {
            // A merged frame would count as one and leave with a half-made checksum.
            InNetworkOf(ethernetSwitch, ["ethtool", "-K", node.Name, "tx", "off", "tso", "off", "gso", "off", "gro", "off"]);
            ConnectNode(topology, node, machines[node.Name]);
        }
    }

    private static void ConnectNode(LabTopology topology, LabNode node, Machine machine)
    {
        // Native XDP loses half-made checksums and cannot hold frames larger than a page: the card must not defer either.
        InNetworkOf(machine, ["ethtool", "-K", "eth0", "tx", "off", "tso", "off", "gso", "off"]);
        InNetworkOf(machine, ["ip", "-batch", "-"], string.Create(
            CultureInfo.InvariantCulture,
            $"addr add {node.Address}/{topology.PrefixLength} broadcast + dev eth0\nlink set dev eth0 up\n")
            + string.Concat(node.Addresses.Skip(1).Select(address => $"addr add {address}/32 dev eth0\n")));
    }

    private static void InNetworkOf(Machine machine, IReadOnlyList<string> command, string? input = null) =>
        CommandRunner.RunChecked(
            ["nsenter", "--target", machine.InitPid.ToString(CultureInfo.InvariantCulture), "--net", "--", .. command], input);
}
