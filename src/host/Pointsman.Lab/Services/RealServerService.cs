using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Services;

/// <summary>
/// The virtual IPs on a real server's <c>lo</c>, without answering ARP for them: by Pointsman, or beside keepalived with
/// the commands operators put in a script.
/// </summary>
internal static class RealServerService
{
    internal static void Start(RunningLab lab, Machine machine) => Apply(lab, machine, "up");

    internal static void Stop(RunningLab lab, Machine machine) => Apply(lab, machine, "down");

    internal static bool IsUp(RunningLab lab, Machine machine) =>
        lab.Topology.VirtualAddresses.All(address => LoopbackHas(machine, address));

    internal static bool LoopbackHas(Machine machine, string address) =>
        machine.RunChecked(["ip", "-o", "-4", "addr", "show", "dev", "lo"]).Contains($" {address}/", StringComparison.Ordinal);

    private static void Apply(RunningLab lab, Machine machine, string verb)
    {
        if (lab.Director == DirectorKind.Pointsman)
        {
            machine.RunChecked(
                [lab.Options.ProgramPath, "realserver", verb, .. lab.Topology.VirtualAddresses.SelectMany(address => (string[])["--vip", address])]);
            return;
        }

        bool up = verb == "up";
        // Silence first, address second: in the other order the first ARP question could be answered.
        string silence = up
            ? "sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2 net.ipv4.conf.lo.arp_ignore=1 net.ipv4.conf.lo.arp_announce=2"
            : "true";
        string relax = up ? "true" : "sysctl -qw net.ipv4.conf.all.arp_ignore=0 net.ipv4.conf.all.arp_announce=0";
        string action = up ? "replace" : "del";
        string addresses = string.Join('\n', lab.Topology.VirtualAddresses.Select(address => $"ip addr {action} {address}/32 dev lo"));
        machine.RunChecked(["bash", "-e", "-c", $"{silence}\n{addresses}\n{relax}"]);
    }
}
