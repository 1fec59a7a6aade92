using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Pointsman.Bench.Checks;
using Pointsman.Lab;
using Pointsman.Linux.Processes;

namespace Pointsman.Bench.Vrrp;

/// <summary>A director in a namespace of its own: Pointsman as it is run, or keepalived with VRRP alone.</summary>
internal sealed partial class DirectorProcess(DirectorKind kind, string program, string space, string file)
{
    private static readonly TimeSpan s_longestStop = TimeSpan.FromSeconds(20);
    private readonly Lock _gate = new();
    private readonly List<string> _tail = [];
    private Process? _process;
    private string _state = "";

    /// <summary>How often it has become master since it was made, with all its lives.</summary>
    internal int BecameMaster { get; private set; }

    internal bool IsMaster => Read() == "MASTER";

    internal bool IsBackup => Read() == "BACKUP";

    /// <summary>Its last lines, for a failure's sake.</summary>
    internal string Tail
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _tail);
            }
        }
    }

    internal void Start()
    {
        string[] words = kind == DirectorKind.Pointsman
            ? [program, "run", "-f", file, "--run-dir", $"/run/{space}", "--bpf-dir", $"/sys/fs/bpf/{space}"]
            : ["keepalived", "-n", "-l", "-D", "-P", "-f", file, "-p", $"/run/{space}.pid", "-r", $"/run/{space}-vrrp.pid"];
        var start = new ProcessStartInfo("nsenter", [$"--net=/run/netns/{space}", .. words])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        lock (_gate)
        {
            _state = "";
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException($"{words[0]} did not start");
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Asks it to end in order; returns at once.</summary>
    internal void Stop() => ProcessControl.TrySignal(Running.Id, Signal.Terminate);

    /// <summary>SIGKILL to all its processes.</summary>
    internal void Kill()
    {
        foreach (int process in Processes())
        {
            ProcessControl.TrySignal(process, Signal.Kill);
        }
    }

    internal void WaitUntilEnded()
    {
        if (!Running.WaitForExit(s_longestStop))
        {
            throw new InvalidOperationException($"{kind} did not end:\n{Tail}");
        }

        Running.Dispose();
        _process = null;
    }

    internal void End()
    {
        if (_process is not null)
        {
            Kill();
            WaitUntilEnded();
        }
    }

    internal double CpuSeconds() => Processes().Sum(ProcessFigures.CpuSeconds);

    /// <summary>Pages shared with others count in parts.</summary>
    internal double Megabytes() => Processes().Sum(process => double.Parse(
        File.ReadLines($"/proc/{process}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1024);

    private Process Running => _process ?? throw new InvalidOperationException($"{kind} does not run");

    private List<int> Processes()
    {
        List<int> all = [Running.Id];
        for (int i = 0; i < all.Count; i++)
        {
            all.AddRange(ChildrenOf(all[i]));
        }

        return all;
    }

    private static List<int> ChildrenOf(int process)
    {
        var children = new List<int>();
        foreach (string task in TasksOf(process))
        {
            children.AddRange(ReadWhatIsThere($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(child => int.Parse(child, CultureInfo.InvariantCulture)));
        }

        return children;
    }

    // Threads and processes may end while they are looked at: one that is gone has no children, the others have.
    private static string[] TasksOf(int process)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{process}/task");
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string ReadWhatIsThere(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private string Read()
    {
        lock (_gate)
        {
            return _state;
        }
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _tail.Add(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {line}"));
            if (_tail.Count > 30)
            {
                _tail.RemoveAt(0);
            }

            Match entering = StateLine().Match(line);
            if (entering.Success)
            {
                _state = entering.Groups[1].Value;
                BecameMaster += _state == "MASTER" ? 1 : 0;
            }
        }
    }

    [GeneratedRegex(@"\(VI_1\) Entering (MASTER|BACKUP|FAULT) STATE")]
    private static partial Regex StateLine();
}
