using System.Diagnostics;
using Pointsman.Bench.Kernel;
using Pointsman.Linux.Network;

namespace Pointsman.Bench.Machines;

/// <summary>A network namespace with what runs in it.</summary>
internal sealed class Machine(string name)
{
    internal string Space => $"bench-{name}";

    /// <summary>The words of a command line without quotes; throws with what it said when it fails.</summary>
    internal void Run(string line) => Command.Run($"nsenter --net=/run/netns/{Space} {line}");

    /// <param name="setting">By its path under /proc/sys/net/ipv4.</param>
    internal void Set(string setting, string value) => NetworkNamespace.InNamed(Space, () =>
    {
        File.WriteAllText($"/proc/sys/net/ipv4/{setting}", value);
        return true;
    });

    /// <summary>A file of this machine's, in the bench's own /run.</summary>
    internal string Write(string file, string text)
    {
        string path = $"/run/{Space}-{file}";
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Something that runs until the bench ends: it is in the bench's process namespace.</summary>
    internal void Serve(params string[] words)
    {
        Process server = Start(words);
        server.OutputDataReceived += (_, _) => { };
        server.BeginOutputReadLine();
    }

    /// <summary>What a command prints, however it ends.</summary>
    internal string Ask(params string[] words)
    {
        using Process asked = Start(words);
        string answer = asked.StandardOutput.ReadToEnd();
        asked.WaitForExit();
        return answer;
    }

    private Process Start(string[] words)
    {
        Process process = Process.Start(new ProcessStartInfo("nsenter", [$"--net=/run/netns/{Space}", .. words])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        }) ?? throw new InvalidOperationException($"{words[0]} did not start");
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }
}
