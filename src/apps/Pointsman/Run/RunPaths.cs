namespace Pointsman.App.Run;

/// <summary>Where a daemon keeps what outlives it.</summary>
/// <param name="RunDirectory">Control socket and lock files.</param>
/// <param name="PinDirectory">Pinned maps and links, on a bpf filesystem.</param>
internal sealed record RunPaths(string RunDirectory, string PinDirectory)
{
    public static RunPaths Default { get; } = new("/run/pointsman", "/sys/fs/bpf/pointsman");

    public static RunPaths Of(string instance) => new($"{Default.RunDirectory}/{instance}", $"{Default.PinDirectory}/{instance}");

    public string ControlSocket => Path.Combine(RunDirectory, "control.sock");

    public string MaintenanceNote => Path.Combine(RunDirectory, "maintenance");

    public string ServerOrderNote => Path.Combine(RunDirectory, "servers");

    public string ByHand => Path.Combine(RunDirectory, "by-hand.json");

    /// <summary>What was changed of this host for services by a mark of the firewall.</summary>
    public string MarkNote => Path.Combine(RunDirectory, "marks-host.json");

    /// <summary>Held by whoever changes the tables: a daemon, or for a moment a command without one.</summary>
    public string TablesLock => Path.Combine(RunDirectory, "tables.lock");

    public string PidFile => Path.Combine(RunDirectory, "pointsman.pid");
}
