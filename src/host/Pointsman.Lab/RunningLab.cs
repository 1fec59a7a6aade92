using Pointsman.Lab.Faults;
using Pointsman.Lab.Machines;
using Pointsman.Lab.Services;
using Pointsman.Lab.Topology;
using Pointsman.Lab.Views;

namespace Pointsman.Lab;

/// <summary>
/// A lab that is up. It owns its machines as a whole: whatever ends them removes all that was made. Not for use by two
/// threads at once.
/// </summary>
public sealed class RunningLab
{
    private readonly Dictionary<string, Machine> _machines;

    private RunningLab(LabTopology topology, LabState state, LabOptions options, Dictionary<string, Machine> machines)
    {
        Topology = topology;
        Director = state.Director;
        Options = options;
        _machines = machines;
        Services = new NodeServices(this);
        Faults = new FaultSwitch(this);
        View = new ClusterView(this);
        Traffic = new TrafficView(this);
    }

    public string Name => Topology.Name;

    public LabTopology Topology { get; }

    public DirectorKind Director { get; }

    /// <summary>As given, but with the program the lab was brought up with.</summary>
    public LabOptions Options { get; }

    public NodeServices Services { get; }

    public FaultSwitch Faults { get; }

    public ClusterView View { get; }

    public TrafficView Traffic { get; }

    public Machine Switch => MachineOf(LabTopology.SwitchName);

    public Machine Client => MachineOf(LabTopology.ClientName);

    public Machine MachineOf(string node)
    {
        if (_machines.TryGetValue(node, out Machine? machine))
        {
            return machine;
        }

        _ = Topology.Node(node);
        throw new LabException($"machine `{node}` of the lab `{Name}` has died; type `lab up {Name}` to build it again");
    }

    /// <summary>Builds the machines, cables them and starts what they serve; leftovers of the same lab go first.</summary>
    public static RunningLab Up(string name, LabOptions options)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new LabException("the lab makes network namespaces: run it as root");
        }

        LabTopology topology = LabTopology.Load(name);
        Down(name, options);
        try
        {
            LabState state = new(name, options.Director, options.ProgramPath);
            state.Save(options);
            LabFiles.WriteTo(NodeProcesses.InitFile, Path.Combine(options.StateDirectory, NodeProcesses.InitFile));
            Dictionary<string, Machine> machines = new[] { LabTopology.SwitchName }.Concat(topology.Nodes.Select(node => node.Name))
                .ToDictionary(node => node, node => Machine.Create(name, node, options));
            SwitchWiring.Connect(topology, machines[LabTopology.SwitchName], machines, options);
            RunningLab lab = new(topology, state, options, machines);
            lab.Services.StartAll();
            return lab;
        }
        catch
        {
            // Half a lab helps nobody; the reason travels on.
            Down(name, options);
            throw;
        }
    }

    /// <summary>The lab of this name, or the only one that is up.</summary>
    public static RunningLab Open(string? name, LabOptions options)
    {
        List<Machine> found = NodeProcesses.FindAll(options);
        List<string> running = [.. found.Select(machine => machine.Lab).Distinct()];
        string wanted = (name, running.Count) switch
        {
            (not null, _) => running.Contains(name) ? name : throw new LabException($"the lab `{name}` is not up; type `lab up {name}`"),
            (null, 0) => throw new LabException("no lab is up; type `lab list`, then `lab up NAME`"),
            (null, 1) => running[0],
            (null, _) => throw new LabException($"several labs are up; choose one with --lab: {string.Join(", ", running)}"),
        };
        LabState state = LabState.TryLoad(options, wanted)
            ?? throw new LabException($"the lab `{wanted}` lost its state file; type `lab down {wanted}` and bring it up again");
        return new RunningLab(
            LabTopology.Load(wanted),
            state,
            options with { Director = state.Director, ProgramPath = state.ProgramPath },
            found.Where(machine => machine.Lab == wanted).ToDictionary(machine => machine.Name));
    }

    /// <summary>Removes one lab, or with null all of them.</summary>
    /// <returns>How many machines ended.</returns>
    public static int Down(string? name, LabOptions options)
    {
        List<Machine> machines = NodeProcesses.FindAll(options).FindAll(machine => name is null || machine.Lab == name);
        machines.ForEach(machine => machine.Destroy());
        if (Directory.Exists(options.StateDirectory))
        {
            foreach (string file in Directory.EnumerateFiles(options.StateDirectory, name is null ? "*.json" : name + ".json"))
            {
                File.Delete(file);
            }

            if (!Directory.EnumerateFiles(options.StateDirectory, "*.json").Any())
            {
                Directory.Delete(options.StateDirectory, recursive: true);
            }
        }

        return machines.Count;
    }
}
