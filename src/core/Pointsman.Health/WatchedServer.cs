using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>A real server with its health as last told to the world.</summary>
internal sealed class WatchedServer
{
    private readonly int?[] _numbers;
    private readonly WeightWish[] _wishes;
    private Instant? _changedAt;
    private string _reason;

    internal WatchedServer(ServerDefinition definition, CheckPool pool)
    {
        Definition = definition;
        Health = new RealServerHealth(
            [.. definition.Checks.Select(check => pool.Take(definition, check, definition.WasDown, running: null))]);
        IsUp = Health.IsUp;
        _numbers = new int?[definition.Checks.Length];
        _wishes = new WeightWish[definition.Checks.Length];
        _reason = definition.Checks.IsEmpty ? "no check configured"
            : IsUp ? "assumed up until its first check"
            : !definition.WasDown && Health.Checks.Any(check => check.LastResult is not null) ? "the same check has failed for another virtual server"
            : definition.WasDown ? "down before the daemon started; awaiting a success"
            : "awaiting its first success (alpha)";
    }

    /// <summary>Goes on after a reload: checks that are the same are taken over as they stand.</summary>
    internal WatchedServer(ServerDefinition definition, WatchedServer before, CheckPool pool)
    {
        Definition = definition;
        _numbers = new int?[definition.Checks.Length];
        _wishes = new WeightWish[definition.Checks.Length];
        var machines = ImmutableArray.CreateBuilder<CheckMachine>(definition.Checks.Length);
        ImmutableArray<int?> same = SameChecks(definition, before);
        for (int i = 0; i < definition.Checks.Length; i++)
        {
            CheckMachine? running = same[i] is { } at ? before.Health.Checks[at] : null;
            CheckMachine machine = pool.Take(definition, definition.Checks[i], wasDown: !before.IsUp && running is null, running);
            machines.Add(machine);
            _numbers[i] = machine == running ? before._numbers[same[i]!.Value] : null;
            _wishes[i] = same[i] is { } former ? before._wishes[former] : default;
        }

        Health = new RealServerHealth(machines.ToImmutable());
        IsUp = Health.IsUp;
        _changedAt = before._changedAt;
        _reason = IsUp == before.IsUp && !definition.Checks.IsEmpty ? before._reason
            : definition.Checks.IsEmpty ? "no check configured"
            : IsUp ? "the check that held it down is not configured any more"
            : "awaiting its first success (alpha)";
    }

    /// <summary>Tells the pool of what goes on running, before anything is taken from it.</summary>
    internal static void Reserve(ServerDefinition definition, WatchedServer before, CheckPool pool)
    {
        ImmutableArray<int?> same = SameChecks(definition, before);
        for (int i = 0; i < same.Length; i++)
        {
            if (same[i] is { } at)
            {
                pool.Reserve(definition, definition.Checks[i], before.Health.Checks[at]);
            }
        }
    }

    internal ServerDefinition Definition { get; }

    internal RealServerHealth Health { get; }

    internal bool IsUp { get; private set; }

    /// <summary>With what checks ask for; null: they ask for nothing, and the configured weight counts.</summary>
    internal int? Weight => Array.TrueForAll(_wishes, wish => wish == default) ? null
        : (int)Math.Clamp(_wishes.Aggregate((long)Definition.Weight, (sum, wish) => sum + wish.ChangeOf(Definition.Weight)), 0, ushort.MaxValue);

    /// <summary>A check succeeded: what it asks for takes the place of what it asked for before, beside the others' wishes.</summary>
    internal void TakeWish(CheckMachine check, ProbeOutcome.Success said, List<HealthAction> actions)
    {
        int at = Health.Checks.IndexOf(check);
        int? before = Weight;
        _wishes[at] = new WeightWish(said.Weight, said.WeightChange);
        if (Weight != before)
        {
            actions.Add(new HealthAction.WeightChanged(Definition.Id));
        }
    }

    /// <summary>A check went down: until it is well again it asks for nothing.</summary>
    internal void DropWish(CheckMachine check) => _wishes[Health.Checks.IndexOf(check)] = default;

    /// <summary>The number of one of its checks; null while it has none.</summary>
    internal int? NumberOf(int check) => _numbers[check];

    internal void Number(int check, int number) => _numbers[check] = number;

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

    // For each check the place of the one that was asked for in the same words; each is found once.
    private static ImmutableArray<int?> SameChecks(ServerDefinition definition, WatchedServer before)
    {
        List<int> left = [.. Enumerable.Range(0, before._numbers.Length)];
        return
        [
            .. definition.Checks.Select(check =>
            {
                int found = left.FindIndex(at => before.Definition.Checks[at] == check);
                int? place = found < 0 ? null : left[found];
                if (found >= 0)
                {
                    left.RemoveAt(found);
                }

                return place;
            }),
        ];
    }

    internal ServerHealthStatus Describe() => new(
        Definition.Id,
        IsUp,
        _changedAt,
        _reason,
        [.. Definition.Checks.Zip(Health.Checks, (definition, machine) =>
            new CheckStatus(definition.Method.LogName, definition.Target, machine.IsUp, machine.LastResult) { History = [.. machine.History] })]);
}
