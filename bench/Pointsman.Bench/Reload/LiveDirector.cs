using System.Diagnostics;
using System.Text.Json;

namespace Pointsman.Bench.Reload;

/// <summary>A running daemon, asked by its own command line.</summary>
internal sealed class LiveDirector : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-bench-").FullName;
    private readonly string _program;
    private readonly Process _daemon;

    private LiveDirector(string program, string file)
    {
        _program = program;
        File.WriteAllText(ConfigFile, file);
        var start = new ProcessStartInfo(
            program, ["run", "-C", "-f", ConfigFile, "--run-dir", RunDirectory, "--bpf-dir", "/sys/fs/bpf/pointsman-reload"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        _daemon = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        _daemon.OutputDataReceived += (_, _) => { };
        _daemon.ErrorDataReceived += (_, _) => { };
        _daemon.BeginOutputReadLine();
        _daemon.BeginErrorReadLine();
    }

    private string ConfigFile => Path.Combine(_folder, "keepalived.conf");

    private string RunDirectory => Path.Combine(_folder, "run");

    /// <summary>The process that checks and plans.</summary>
    internal int ProcessId => _daemon.Id;

    internal static LiveDirector Start(string program, string file) => new(program, file);

    /// <summary>Until each server has a record in the tables.</summary>
    internal void WaitForServers(int count)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!IsAnswering() || WritesSoFar() < count)
        {
            if (_daemon.HasExited || Stopwatch.GetElapsedTime(begin) > Patience)
            {
                throw new InvalidOperationException("the daemon did not fill its tables");
            }

            Thread.Sleep(PollInterval);
        }
    }

    // While the tables of a large site are filled for the first time, an answer may come too late.
    private long WritesSoFar()
    {
        try
        {
            return TableWrites();
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }

    internal long TableWrites()
    {
        using JsonDocument status = Status();
        return status.RootElement.GetProperty("dataPath").GetProperty("tableWrites").GetInt64();
    }

    internal JsonDocument Status() => JsonDocument.Parse(Ask("status", "--json", "--run-dir", RunDirectory));

    internal (int Changes, double DurationMs) Reload(string file)
    {
        File.WriteAllText(ConfigFile, file);
        using JsonDocument report = JsonDocument.Parse(Ask("reload", "--json", "--run-dir", RunDirectory));
        return (
            report.RootElement.GetProperty("changes").GetArrayLength(), report.RootElement.GetProperty("durationMs").GetDouble());
    }

    public void Dispose()
    {
        _daemon.Kill();
        _daemon.WaitForExit();
        _daemon.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private bool IsAnswering() => File.Exists(Path.Combine(RunDirectory, "control.sock"));

    private string Ask(params string[] words)
    {
        using Process asked = Process.Start(new ProcessStartInfo(_program, words) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{_program} did not start");
        string answer = asked.StandardOutput.ReadToEnd();
        asked.WaitForExit();
        return asked.ExitCode == 0
            ? answer
            : throw new InvalidOperationException($"{_program} {string.Join(' ', words)} left with {asked.ExitCode}");
    }
}
