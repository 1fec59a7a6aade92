using Pointsman.Lab.Machines;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Services;

/// <summary>Starts and stops what the machines serve, and waits until it has happened.</summary>
public sealed class NodeServices
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    private readonly RunningLab _lab;

    internal NodeServices(RunningLab lab) => _lab = lab;

    internal void StartAll()
    {
        // The databases take seconds to make and need nothing of the others: they are made side by side.
        Parallel.ForEach(
            _lab.Topology.Nodes.Where(node => node.Runs(LabService.Postgres)), node => Start(node, LabService.Postgres));
        foreach (LabService service in (LabService[])[LabService.Nginx, LabService.RealServer, LabService.Director])
        {
            foreach (LabNode node in _lab.Topology.Nodes.Where(node => node.Runs(service)))
            {
                Start(node, service);
            }
        }
    }

    public void Start(string node, LabService service)
    {
        if (IsRunning(node, service))
        {
            throw new LabException($"{WordOf(service)} already runs on {node}");
        }

        Start(Checked(node, service), service);
    }

    /// <summary>In order: the program is asked to end and is gone on return.</summary>
    public void Stop(string node, LabService service)
    {
        Checked(node, service);
        Machine machine = _lab.MachineOf(node);
        if (service == LabService.RealServer)
        {
            RealServerService.Stop(_lab, machine);
            return;
        }

        IReadOnlyList<int> pids = machine.ServicePids(WordOf(service));
        if (pids.Count == 0)
        {
            throw new LabException($"{WordOf(service)} does not run on {node}");
        }

        // Only the process that was started is asked: what it started itself is its own to end. For PostgreSQL SIGINT
        // is the stop that does not wait for clients.
        Signal(service == LabService.Postgres ? "INT" : "TERM", [pids[0]]);
        Poll.UntilOrThrow(StopLimit, $"the end of {WordOf(service)} on {node}", () => machine.ServicePids(WordOf(service)).Count == 0);
    }

    /// <summary>SIGKILL to every process of the service at once, as a crash.</summary>
    /// <returns>How many processes.</returns>
    public int Kill(string node, LabService service)
    {
        Checked(node, service);
        Machine machine = _lab.MachineOf(node);
        IReadOnlyList<int> pids = machine.ServicePids(WordOf(service));
        if (pids.Count == 0)
        {
            throw new LabException($"{WordOf(service)} does not run on {node}");
        }

        Signal("KILL", pids);
        Poll.UntilOrThrow(StopLimit, $"the end of {WordOf(service)} on {node}", () => machine.ServicePids(WordOf(service)).Count == 0);
        return pids.Count;
    }

    /// <summary>SIGKILL to the process that was started and to nothing it started itself: of Pointsman, the control process.</summary>
    public int KillFirst(string node, LabService service)
    {
        Checked(node, service);
        int pid = _lab.MachineOf(node).ServicePids(WordOf(service)) is [var first, ..]
            ? first
            : throw new LabException($"{WordOf(service)} does not run on {node}");
        Signal("KILL", [pid]);
        Poll.UntilOrThrow(StopLimit, $"the end of process {pid} on {node}", () => NodeProcess.TryRead(pid) is null);
        return pid;
    }

    /// <summary>Whether the process that was started lives; what it started itself may outlive it.</summary>
    public bool IsRunning(string node, LabService service)
    {
        Machine machine = _lab.MachineOf(node);
        return service == LabService.RealServer
            ? RealServerService.IsUp(_lab, machine)
            : machine.FirstProcessLives(WordOf(service));
    }

    public static string WordOf(LabService service) => service switch
    {
        LabService.Postgres => "postgres",
        LabService.Nginx => "nginx",
        LabService.RealServer => "realserver",
        LabService.Director => "director",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static LabService Parse(string word) => word switch
    {
        "postgres" => LabService.Postgres,
        "nginx" => LabService.Nginx,
        "realserver" => LabService.RealServer,
        "director" => LabService.Director,
        _ => throw new LabException($"`{word}` is no service of a lab; there are director, nginx, postgres and realserver"),
    };

    private void Start(LabNode node, LabService service)
    {
        Machine machine = _lab.MachineOf(node.Name);
        switch (service)
        {
            case LabService.Postgres: PostgresService.Start(machine); break;
            case LabService.Nginx: NginxService.Start(machine); break;
            case LabService.RealServer: RealServerService.Start(_lab, machine); break;
            case LabService.Director: DirectorService.Start(_lab, machine); break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private LabNode Checked(string node, LabService service)
    {
        LabNode found = _lab.Topology.Node(node);
        return found.Runs(service)
            ? found
            : throw new LabException(
                $"{node} does not run {WordOf(service)}; it runs {(found.Services.Count == 0 ? "nothing" : string.Join(", ", found.Services.Select(WordOf)))}");
    }

    private static void Signal(string signal, IEnumerable<int> pids) =>
        // A process may end by itself between being found and being signalled; the caller waits for all to be gone.
        CommandRunner.Run(["kill", "-s", signal, "--",
            .. pids.Select(pid => pid.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
}
