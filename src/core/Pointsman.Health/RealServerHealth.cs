using System.Collections.Immutable;

namespace Pointsman.Health;

/// <summary>A real server is up while every one of its checks is up; a server without checks is always up.</summary>
public sealed class RealServerHealth
{
    /// <param name="wasDown">Down before a restart of the daemon. Without a check it is up all the same: nothing could raise it.</param>
    public RealServerHealth(IEnumerable<CheckDefinition> checks, bool wasDown = false)
    {
        Checks = [.. checks.Select(check => new CheckMachine(check.Method, check.Settings, wasDown))];
    }

    /// <summary>Of checks some of which may run already.</summary>
    internal RealServerHealth(ImmutableArray<CheckMachine> checks) => Checks = checks;

    public ImmutableArray<CheckMachine> Checks { get; }

    public bool IsUp => Checks.All(check => check.IsUp);
}
