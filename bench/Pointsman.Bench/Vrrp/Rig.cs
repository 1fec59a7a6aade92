using Pointsman.Bench.Kernel;

namespace Pointsman.Bench.Vrrp;

/// <summary>
/// Two directors and a client on a switch: a namespace each, cables to bridges in a fourth. The namespaces are found under
/// /run, which is the bench's own, and end with it.
/// </summary>
internal sealed class Rig
{
    internal const string VirtualAddress = "10.9.0.100";

    private readonly string _name;

    /// <param name="segments">How many bridges; machines have an interface on each, eth0 the first.</param>
    internal Rig(string name, int segments)
    {
        _name = name;
        Command.Run($"ip netns add {Hub}");
        for (int s = 0; s < segments; s++)
        {
            Command.Run($"ip -n {Hub} link add br{s} type bridge mcast_snooping 0 stp_state 0");
            Command.Run($"ip -n {Hub} link set br{s} up");
        }

        foreach ((string machine, int number) in new[] { ("a", 1), ("b", 2), ("c", 9) })
        {
            string space = SpaceOf(machine);
            Command.Run($"ip netns add {space}");
            Command.Run($"ip -n {space} link set lo up");
            for (int s = 0; s < segments; s++)
            {
                Command.Run($"ip link add eth{s} netns {space} type veth peer name {machine}{s} netns {Hub}");
                Command.Run($"ip -n {Hub} link set {machine}{s} master br{s} up");
                Command.Run($"ip -n {space} addr add 10.9.{s}.{number}/24 dev eth{s}");
                Command.Run($"ip -n {space} link set eth{s} up");
            }
        }
    }

    internal string ClientSpace => SpaceOf("c");

    private string Hub => $"{_name}-hub";

    internal string SpaceOf(string machine) => $"{_name}-{machine}";

    /// <summary>Nothing passes the machine's port any more; its link stays up, as behind a switch.</summary>
    internal void Unplug(string machine) => Command.Run($"ip -n {Hub} link set {machine}0 nomaster");

    internal void Plug(string machine) => Command.Run($"ip -n {Hub} link set {machine}0 master br0");

    /// <summary>A machine that was without power has no address left.</summary>
    internal void ForgetAddress(string machine) => Command.Run(
        $"ip -n {SpaceOf(machine)} addr flush dev eth0 to {VirtualAddress}/32");
}
