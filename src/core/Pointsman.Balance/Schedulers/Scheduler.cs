using System.Diagnostics;
using Pointsman.Base;

namespace Pointsman.Balance.Schedulers;

/// <summary>
/// A service's servers and the scheduler that chooses among them, step by step as IPVS does it: the measure for the
/// rings and loops of the data path, which reach the same choices faster. The newest server is first in the list.
/// </summary>
public abstract class Scheduler
{
    // The list's place before its first server; the kernel's list head.
    private protected const int Head = -1;

    private readonly List<WeightedServer> _servers = [];

    private protected Scheduler()
    {
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<WeightedServer> Servers => _servers;

    public static Scheduler Create(SchedulerKind kind, Func<int, ServerLoad> loadOf) => kind switch
    {
        SchedulerKind.Rr => new RoundRobin(),
        SchedulerKind.Wrr => new WeightedRoundRobin(),
        SchedulerKind.Lc => new LeastConnections(loadOf, isWeighted: false),
        SchedulerKind.Wlc => new LeastConnections(loadOf, isWeighted: true),
        _ => throw new UnreachableException(),
    };

    /// <summary>The id of the server for the next connection; null: none is usable.</summary>
    public abstract int? Pick();

    public void Add(int id, int weight)
    {
        Invariant.That(IndexOf(id) < 0, "a server is added once");
        Invariant.That(weight >= 0, "weight >= 0");
        _servers.Insert(0, new WeightedServer(id, weight));
        OnAdded();
    }

    public void Edit(int id, int weight)
    {
        Invariant.That(weight >= 0, "weight >= 0");
        _servers[IndexKnown(id)] = new WeightedServer(id, weight);
        OnWeights();
    }

    public void Remove(int id)
    {
        int index = IndexKnown(id);
        _servers.RemoveAt(index);
        OnRemoved(index);
    }

    private protected virtual void OnAdded() => OnWeights();

    private protected virtual void OnRemoved(int index) => OnWeights();

    /// <summary>The set of weights is another one now.</summary>
    private protected virtual void OnWeights()
    {
    }

    private int IndexOf(int id) => _servers.FindIndex(server => server.Id == id);

    private int IndexKnown(int id)
    {
        int index = IndexOf(id);
        Invariant.That(index >= 0, "the server is in the list");
        return index;
    }
}
