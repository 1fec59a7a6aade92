using Pointsman.Balance.Schedulers;

namespace Pointsman.Balance.Connections;

/// <summary>A service's servers that are up, their scheduler, and every server's connections.</summary>
internal sealed class ServerBook
{
    private readonly Dictionary<int, ServerLoad> _loads = [];
    private readonly HashSet<int> _up = [];
    private readonly Scheduler _scheduler;

    private readonly Dictionary<int, ConnectionLimits> _limits = [];

    internal ServerBook(SchedulerKind kind, ServiceFlags flags) => _scheduler = Scheduler.Create(kind, LoadOf, flags);

    internal ServerLoad LoadOf(int id) => _loads.GetValueOrDefault(id);

    internal bool IsUp(int id) => _up.Contains(id);

    internal int? Pick(in ConnectionRequest request) => _scheduler.Pick(request);

    internal void Add(WeightedServer server, ConnectionLimits limits)
    {
        _scheduler.Add(server);
        _up.Add(server.Id);
        _limits[server.Id] = limits;
    }

    internal void SetWeight(int id, int weight) => _scheduler.Edit(id, weight);

    internal void Remove(int id)
    {
        _scheduler.Remove(id);
        _up.Remove(id);
    }

    internal void Begin(int id, bool isActive) => _loads[id] = LimitsOf(id).AfterBegin(LoadOf(id).Plus(isActive, 1));

    internal void End(int id, bool isActive) => _loads[id] = LimitsOf(id).AfterEnd(LoadOf(id).Plus(isActive, -1));

    internal void Move(int id, bool wasActive, bool isActive) =>
        _loads[id] = LoadOf(id).Plus(wasActive, -1).Plus(isActive, 1);

    private ConnectionLimits LimitsOf(int id) => _limits.GetValueOrDefault(id);
}
