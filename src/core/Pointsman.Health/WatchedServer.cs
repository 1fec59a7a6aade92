using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>A real server with its health as last told to the world.</summary>
internal sealed class WatchedServer
{
    private Instant? _changedAt;
    private string _reason;

    internal WatchedServer(ServerDefinition definition)
    {
        Definition = definition;
        Health = new RealServerHealth(definition.Checks.Select(check => check.Settings), definition.WasDown);
        IsUp = Health.IsUp;
        _reason = definition.Checks.IsEmpty ? "no check configured"
            : IsUp ? "assumed up until its first check"
            : definition.WasDown ? "down before the daemon started; awaiting a success"
            : "awaiting its first success (alpha)";
    }

    internal ServerDefinition Definition { get; }

    internal RealServerHealth Health { get; }

    internal bool IsUp { get; private set; }

    /// <summary>Tells a change, if one check's turn was one for the server.</summary>
    internal void Reconsider(Instant now, string reason, List<HealthAction> actions)
    {
        bool isUp = Health.IsUp;
        if (isUp == IsUp)
        {
            return;
        }

        IsUp = isUp;
        _changedAt = now;
        _reason = reason;
        actions.Add(new HealthAction.ServerChanged(Definition.Id, isUp, reason));
    }

    internal ServerHealthStatus Describe() => new(
        Definition.Id,
        IsUp,
        _changedAt,
        _reason,
        [.. Definition.Checks.Zip(Health.Checks, (definition, machine) =>
            new CheckStatus(definition.Target, machine.IsUp, machine.LastResult))]);
}
