using System.ComponentModel;
using System.Diagnostics;

namespace Pointsman.Lab.Machines;

/// <summary>How a command ended. <see cref="Output"/> and <see cref="Error"/> are whole, without the last newline.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;
}

/// <summary>Runs the tools that do the lab's work (ip, nft, nsenter ...), bounded in time, with errors that name them.</summary>
internal static class CommandRunner
{
    internal static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(20);

    private const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    internal static CommandResult Run(IReadOnlyList<string> command, string? input = null, TimeSpan? limit = null,
        string? programPath = null)
    {
        ProcessStartInfo start = Describe(command, programPath);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Start(start);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            if (input is not null)
            {
                process.StandardInput.Write(input);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The command ended without reading its input; its exit code tells why.
        }

        TimeSpan bound = limit ?? DefaultLimit;
        if (!process.WaitForExit(bound) || !Task.WaitAll([output, error], bound))
        {
            process.Kill(entireProcessTree: true);
            throw new LabException(FormattableString.Invariant(
                $"`{Word(command)}` did not end within {bound.TotalSeconds:0} s"));
        }

        return new CommandResult(process.ExitCode, output.Result.TrimEnd('\n'), error.Result.TrimEnd('\n'));
    }

    internal static string RunChecked(IReadOnlyList<string> command, string? input = null, TimeSpan? limit = null,
        string? programPath = null)
    {
        CommandResult result = Run(command, input, limit, programPath);
        if (result.Succeeded)
        {
            return result.Output;
        }

        string said = result.Error.Length > 0 ? result.Error : result.Output;
        throw new LabException(FormattableString.Invariant($"`{Word(command)}` failed (exit {result.ExitCode}): {said}"));
    }

    /// <summary>With the caller's terminal, as long as it takes.</summary>
    internal static int RunAttached(IReadOnlyList<string> command, string? programPath)
    {
        using Process process = Start(Describe(command, programPath));
        process.WaitForExit();
        return process.ExitCode;
    }

    internal static ProcessStartInfo Describe(IReadOnlyList<string> command, string? programPath)
    {
        ProcessStartInfo start = new(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            // A directory that every mount namespace shares.
            WorkingDirectory = "/",
        };
        // So that `pointsman`, and the names it answers to, are what an operator inside a machine gets.
        string? programDirectory = programPath is null ? null : Path.GetDirectoryName(programPath);
        start.Environment["PATH"] = programDirectory is { Length: > 0 } ? $"{programDirectory}:{SystemPath}" : SystemPath;
        // Its socket in the shared /tmp is named by process id, and every machine counts from one.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return start;
    }

    internal static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new LabException($"`{start.FileName}` did not start");
        }
        catch (Win32Exception error)
        {
            string hint = PackageOf(Path.GetFileName(start.FileName)) is { } package
                ? $"; on Debian: apt-get install {package}"
                : "";
            throw new LabException($"`{start.FileName}` could not be started: {error.Message}{hint}");
        }
    }

    /// <summary>The Debian package that brings a program the lab uses.</summary>
    internal static string? PackageOf(string program) => program switch
    {
        "ip" => "iproute2",
        "nsenter" or "unshare" or "setsid" or "runuser" => "util-linux",
        "ethtool" => "ethtool",
        "nft" => "nftables",
        "nginx" => "nginx",
        "keepalived" => "keepalived",
        "psql" => "postgresql-client",
        "initdb" or "postgres" => "postgresql",
        _ => null,
    };

    private static string Word(IReadOnlyList<string> command)
    {
        // nsenter and its options are the same before every command in a machine: the command itself is the news.
        int separator = command.ToList().IndexOf("--");
        return string.Join(' ', command[0] == "nsenter" && separator > 0 ? command.Skip(separator + 1) : command);
    }
}
