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

    internal static LiveDirector Start(string program, string file) => new(program, file);

    /// <summary>Until each server has a record in the tables.</summary>
    internal void WaitForServers(int count)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!IsAnswering() || TableWrites() < count)
        {
            if (_daemon.HasExited || Stopwatch.GetElapsedTime(begin) > Patience)
            {
                throw new InvalidOperationException("the daemon did not fill its tables");
            }

            Thread.Sleep(PollInterval);
        }
    }

    internal long TableWrites()
    {
        using JsonDocument status = JsonDocument.Parse(Ask("status", "--json", "--run-dir", RunDirectory));
        return status.RootElement.GetProperty("dataPath").GetProperty("tableWrites").GetInt64();
    }

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
