using System.Diagnostics;

namespace Pointsman.Bench.Kernel;

/// <summary>Runs the tools that lay cables between namespaces.</summary>
internal static class Command
{
    /// <summary>The words of a command line without quotes; throws with what it said when it fails.</summary>
    internal static void Run(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{words[0]} did not start");
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"`{line}` failed: {error.Trim()}");
        }
    }
}
