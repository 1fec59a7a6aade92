using Pointsman.Lab.Machines;
using Pointsman.Lab.Services;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Views;

/// <summary>What the lab shows from outside the directors: who holds an address, what runs, which faults stand.</summary>
public sealed class ClusterView
{
    private static readonly string DirectorWord = NodeServices.WordOf(LabService.Director);

    private readonly RunningLab _lab;

    internal ClusterView(RunningLab lab) => _lab = lab;

    /// <summary>Directors with this virtual IP on <c>eth0</c>, in the topology's order. One is right; two is split brain.</summary>
    public IReadOnlyList<string> HoldersOf(string virtualAddress) =>
        [.. _lab.Topology.Directors.Select(node => node.Name).Where(node => Holds(node, virtualAddress))];

    /// <summary>Waits until exactly this director holds every virtual IP.</summary>
    public TimeSpan WaitForMaster(string node, TimeSpan limit) =>
        Poll.UntilOrThrow(limit, $"{node} alone holding every virtual IP", () => Master == node);

    public string WaitForAnyMaster(TimeSpan limit)
    {
        string? master = null;
        Poll.UntilOrThrow(limit, "one director holding every virtual IP", () => (master = Master) is not null);
        return master!;
    }

    /// <summary>
    /// The only living director that holds every virtual IP, or null. A killed one may still have them on its interface;
    /// whether it then answers for them is what the clients see.
    /// </summary>
    public string? Master
    {
        get
        {
            List<List<string>> holders =
            [
                .. _lab.Topology.VirtualAddresses
                    .Select(address => HoldersOf(address).Where(node => _lab.MachineOf(node).ServicePids(DirectorWord).Count > 0).ToList()),
            ];
            return holders.TrueForAll(of => of.Count == 1 && of[0] == holders[0][0]) ? holders[0][0] : null;
        }
    }

    public LabStatus Status() => new(
        _lab.Name,
        _lab.Director,
        [.. _lab.Topology.Nodes.Select(StatusOf)],
        [.. _lab.Faults.Standing()]);

    private NodeStatus StatusOf(LabNode node)
    {
        Machine machine = _lab.MachineOf(node.Name);
        return new NodeStatus(
            node.Name,
            node.Address,
            machine.InitPid,
            [.. node.Services.Select(service => new ServiceStatus(NodeServices.WordOf(service), _lab.Services.IsRunning(node.Name, service)))],
            node.Runs(LabService.Director) ? [.. _lab.Topology.VirtualAddresses.Where(address => Holds(node.Name, address))] : []);
    }

    private bool Holds(string node, string virtualAddress) =>
        _lab.MachineOf(node).RunChecked(["ip", "-o", "-4", "addr", "show", "dev", "eth0"])
            .Contains($" {virtualAddress}/", StringComparison.Ordinal);
}
