using Pointsman.Bench.Kernel;
using Pointsman.Lab;

namespace Pointsman.Bench.Machines;

/// <summary>
/// Machines on one switch: a namespace each, cables to a bridge in one more. Checksums are computed by the sender, as frames
/// that XDP passes on need it; on all machines alike, so that ways can be compared.
/// </summary>
internal static class Town
{
    private const string Hub = "bench-hub";
    private const string PassFile = "/run/xdp_pass.bpf.o";

    internal static void Found()
    {
        LabFiles.WriteTo("xdp_pass.bpf.o", PassFile);
        Command.Run($"ip netns add {Hub}");
        Command.Run($"ip -n {Hub} link add br0 type bridge mcast_snooping 0 stp_state 0");
        Command.Run($"ip -n {Hub} link set br0 up");
    }

    /// <param name="name">Of the machine, and of its port at the switch.</param>
    internal static Machine Settle(string name, string address)
    {
        var machine = new Machine(name);
        Command.Run($"ip netns add {machine.Space}");
        Command.Run($"ip link add eth0 netns {machine.Space} type veth peer name {name} netns {Hub}");
        Command.Run($"ip -n {Hub} link set {name} master br0 up");

        // What XDP sends back out of a veth arrives at once only where the other end has a program too.
        Command.Run($"ip -n {Hub} link set {name} xdpdrv obj {PassFile} sec xdp");
        machine.Run($"ip addr add {address}/24 dev eth0");
        machine.Run("ethtool -K eth0 tx off tso off gso off");
        machine.Run("ip link set lo up");
        machine.Run("ip link set eth0 up");
        return machine;
    }
}
