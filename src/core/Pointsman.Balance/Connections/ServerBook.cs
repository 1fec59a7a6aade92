using Pointsman.Balance.Schedulers;

namespace Pointsman.Balance.Connections;

/// <summary>A service's servers that are up, their scheduler, and every server's connections.</summary>
internal sealed class ServerBook
{
    private readonly Dictionary<int, ServerLoad> _loads = [];
    private readonly HashSet<int> _up = [];
    private readonly HashSet<int> _quiesced = [];
    private readonly Scheduler _scheduler;

    private readonly Dictionary<int, ConnectionLimits> _limits = [];

    internal ServerBook(SchedulerKind kind, ServiceFlags flags) => _scheduler = Scheduler.Create(kind, LoadOf, flags);

    internal ServerLoad LoadOf(int id) => _loads.GetValueOrDefault(id);

    internal bool IsUp(int id) => _up.Contains(id);

    /// <summary>It has the weight 0.</summary>
    internal bool IsQuiesced(int id) => _quiesced.Contains(id);

    internal int? Pick(in ConnectionRequest request) => _scheduler.Pick(request);

    internal void Add(WeightedServer server, ConnectionLimits limits)
    {
        _scheduler.Add(server);
        _up.Add(server.Id);
        Note(server.Id, server.Weight);
        _limits[server.Id] = limits;
    }

    internal void SetWeight(int id, int weight)
    {
        _scheduler.Edit(id, weight);
        Note(id, weight);
    }

    internal void Remove(int id)
    {
        _scheduler.Remove(id);
        _up.Remove(id);
    }

    internal void Begin(int id, bool isActive) => _loads[id] = LimitsOf(id).AfterBegin(LoadOf(id).Plus(isActive, 1));

    internal void End(int id, bool isActive) => _loads[id] = LimitsOf(id).AfterEnd(LoadOf(id).Plus(isActive, -1));

    internal void Move(int id, bool wasActive, bool isActive) =>
        _loads[id] = LoadOf(id).Plus(wasActive, -1).Plus(isActive, 1);

    private void Note(int id, int weight)
    {
        if (weight == 0)
        {
            _quiesced.Add(id);
        }
        else
        {
            _quiesced.Remove(id);
        }
    }

    private ConnectionLimits LimitsOf(int id) => _limits.GetValueOrDefault(id);
}
