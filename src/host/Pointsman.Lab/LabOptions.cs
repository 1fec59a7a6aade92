namespace Pointsman.Lab;

/// <summary>What the caller of the lab decides; the defaults are what the command line uses.</summary>
public sealed record LabOptions
{
    /// <summary>The Pointsman program the machines run, also for <c>lab-probe</c>: by default the one running now.</summary>
    public string ProgramPath { get; init; } = Environment.ProcessPath ?? "/proc/self/exe";

    public DirectorKind Director { get; init; } = DirectorKind.Pointsman;

    /// <summary>One file per lab; a tmpfs, so that a reboot forgets what it ended.</summary>
    public string StateDirectory { get; init; } = "/run/pointsman-lab";

    public TextWriter Output { get; init; } = Console.Out;

    public TextWriter Error { get; init; } = Console.Error;
}
