using Pointsman.Balance.Schedulers;

namespace Pointsman.Balance.Connections;

/// <summary>A service's servers that are up, their scheduler, and every server's connections.</summary>
internal sealed class ServerBook
{
    private readonly Dictionary<int, ServerLoad> _loads = [];
    private readonly HashSet<int> _up = [];
    private readonly Scheduler _scheduler;

    internal ServerBook(SchedulerKind kind) => _scheduler = Scheduler.Create(kind, LoadOf);

    internal ServerLoad LoadOf(int id) => _loads.GetValueOrDefault(id);

    internal bool IsUp(int id) => _up.Contains(id);

    internal int? Pick() => _scheduler.Pick();

    internal void Add(int id, int weight)
    {
        _scheduler.Add(id, weight);
        _up.Add(id);
    }

    internal void SetWeight(int id, int weight) => _scheduler.Edit(id, weight);

    internal void Remove(int id)
    {
        _scheduler.Remove(id);
        _up.Remove(id);
    }

    internal void Count(int id, bool isActive, int count) => _loads[id] = LoadOf(id).Plus(isActive, count);
}
