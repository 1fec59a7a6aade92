using System.Diagnostics;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>
/// Every option of <c>vrrp_track_process</c>, seen in the priority a master says: each process has a weight of its own. Ours alone:
/// Debian's keepalived is told of processes by the kernel, and has not learnt that.
/// </summary>
public sealed class TrackedProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("linux-vr-process-").FullName;
    private readonly string _stem = $"pm{Environment.ProcessId}";
    private readonly List<Process> _processes = [];

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            End(process);
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void ParametersNamesAndNumbers_EachIsSeenInThePriority()
    {
        (string many, string words, string path) = (Program("a"), Program("b"), Program("c"));
        using Network network = Network.Create();
        using var wire = new WireLog(network.AddMachine(9), "ip proto 112");
        using Keepalived director = Start(network, $$"""
            vrrp_track_process number {
                process {{Path.GetFileName(many)}}
                quorum 2
                quorum_max 2
                weight 1
            }
            vrrp_track_process exact {
                process "{{Path.GetFileName(words)}} 1000"
                param_match
                weight 2
            }
            vrrp_track_process initial {
                process "{{Path.GetFileName(words)}} 1000"
                param_match initial
                weight 4
            }
            vrrp_track_process partial {
                process "{{Path.GetFileName(words)}} 10"
                param_match partial
                weight 8
            }
            vrrp_track_process full {
                process {{path}}
                full_command
                weight 16
            }
            """, "number\nexact\ninitial\npartial\nfull");
        void Expect(int weights) => Node.WaitUntil(() => LastPriority(wire) == 20 + weights, () => $"not {20 + weights}:\n{wire.Text}\n{director.Log}");

        Expect(0);
        Process running = Run(words, "1000");
        Expect(2 + 4 + 8);
        End(running);
        Expect(0);
        running = Run(words, "1000", "1");
        Expect(4 + 8);
        End(running);
        Expect(0);
        running = Run(words, "1001");
        Expect(8);

        // One is too few, two are right, three too many.
        Run(many, "1000");
        End(running);
        Expect(0);
        running = Run(many, "1000");
        Expect(1);
        Run(many, "1000");
        Expect(0);
        End(running);
        Expect(1);

        // The same program under another name, then by its path.
        Run("bash", "-c", $"exec -a {Path.GetFileName(path)} {path} 1000");
        running = Run(words, "1001");
        Expect(1 + 8);
        Run(path, "1000");
        Expect(1 + 8 + 16);
    }

    [Fact]
    public void Delays_EachChangeCountsAfterItsOwn()
    {
        string program = Program("d");
        using Network network = Network.Create();
        using var wire = new WireLog(network.AddMachine(9), "ip proto 112");
        string Block(string name, string delay, int weight) =>
            $"vrrp_track_process {name} {{\nprocess {Path.GetFileName(program)}\n{delay}\nweight {weight}\n}}\n";
        using Keepalived director = Start(
            network,
            Block("plain", "", 1) + Block("fork", "fork_delay 2", 2) + Block("end", "terminate_delay 2", 4) + Block("both", "delay 2", 8),
            "plain\nfork\nend\nboth");
        double When(int priority, double from)
        {
            Node.WaitUntil(() => wire.Count($"prio {priority},", from) > 0, () => $"not {priority}:\n{wire.Text}\n{director.Log}");
            return wire.Times($"prio {priority},", from)[0];
        }

        When(20, 0);
        Process running = Run(program, "1000");
        double plain = When(20 + 1 + 4, 0);
        double delayed = When(20 + 1 + 4 + 2 + 8, 0);
        Assert.True(delayed - plain > 1.4, wire.Text);

        End(running);
        plain = When(20 + 4 + 8, delayed);
        delayed = When(20, plain);
        Assert.True(delayed - plain > 1.4, wire.Text);
    }

    private static Keepalived Start(Network network, string blocks, string tracked)
    {
        string machine = network.AddMachine(1);
        return new Keepalived(
            machine,
            $"instance {machine}\n{blocks}\n" + Keepalived.Instance("VI_1", 51, 20, $"version 3\nadvert_int 0.1\ntrack_process {{\n{tracked}\n}}", Network.Vip),
            Keepalived.Ours);
    }

    private static int LastPriority(WireLog wire)
    {
        string text = wire.Text;
        int at = text.LastIndexOf("prio ", StringComparison.Ordinal);
        int end = at < 0 ? -1 : text.IndexOf(',', at);
        return end < 0 ? -1 : int.Parse(text[(at + 5)..end], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void End(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    private string Program(string name)
    {
        string path = Path.Combine(_folder, _stem + name);
        File.Copy("/bin/sleep", path);
        return path;
    }

    private Process Run(string program, params string[] arguments)
    {
        Process process = Process.Start(program, arguments);
        _processes.Add(process);
        return process;
    }
}
