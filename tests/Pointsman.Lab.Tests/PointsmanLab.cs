using Pointsman.Lab.Services;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Tests;

/// <summary>
/// A lab with Pointsman's directors that a class's tests share, brought up by the first that needs it. Each test begins
/// from the same state: everything runs, no fault stands, lb1 is master and balances to every server.
/// </summary>
public abstract class PointsmanLab(string topology) : IDisposable
{
    public static readonly TimeSpan StateLimit = TimeSpan.FromSeconds(40);

    private TestLab? _test;

    public RunningLab Settled()
    {
        RunningLab lab = (_test ??= TestLab.WithPointsman(topology)).Lab;
        foreach (LabNode node in lab.Topology.Nodes)
        {
            foreach (LabService service in node.Services.Where(service => !lab.Services.IsRunning(node.Name, service)))
            {
                lab.Services.Start(node.Name, service);
            }
        }

        LabNode[] directors = [.. lab.Topology.Directors];
        lab.Faults.AllowVrrp(directors[0].Name, directors[1].Name);
        lab.View.WaitForMaster("lb1", StateLimit);
        foreach (LabNode director in directors)
        {
            foreach (LabNode server in lab.Topology.Nodes.Where(node => node.Runs(LabService.Nginx)))
            {
                Poll.UntilOrThrow(StateLimit, $"{server.Name} in the table of {director.Name}", () => Balances(director.Name, server.Name));
            }
        }

        return lab;
    }

    /// <summary>Whether a director's table has this real server.</summary>
    public bool Balances(string director, string server) =>
        Lab.MachineOf(director).RunChecked(["ipvsadm", "-Ln"])
            .Contains($"-> {Lab.Topology.Node(server).Address}:", StringComparison.Ordinal);

    public IReadOnlyList<string> LogOf(string director) =>
        Lab.MachineOf(director).RunChecked(["cat", DirectorService.Log]).Split('\n');

    /// <summary>The server that answers one request of the client, or null.</summary>
    public string? Ask(string address, string? from = null)
    {
        string[] source = from is null ? [] : ["--interface", from];
        string answer = Lab.Client.Run(["curl", "-s", "-m", "2", .. source, $"http://{address}/"]).Output;
        return answer.StartsWith("server=", StringComparison.Ordinal) ? answer["server=".Length..] : null;
    }

    public void Dispose()
    {
        _test?.Dispose();
        GC.SuppressFinalize(this);
    }

    private RunningLab Lab => _test!.Lab;
}
