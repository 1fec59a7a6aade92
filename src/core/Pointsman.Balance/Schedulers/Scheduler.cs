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

    private protected Scheduler(Func<int, ServerLoad> loadOf) => LoadOf = loadOf;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<WeightedServer> Servers => _servers;

    private protected Func<int, ServerLoad> LoadOf { get; }

    /// <param name="drawBelow">twos: a random number from zero to below its argument.</param>
    public static Scheduler Create(
        SchedulerKind kind,
        Func<int, ServerLoad> loadOf,
        ServiceFlags flags = ServiceFlags.None,
        Func<long, long>? drawBelow = null) => kind switch
    {
        SchedulerKind.Rr => new RoundRobin(loadOf),
        SchedulerKind.Wrr => new WeightedRoundRobin(loadOf),
        SchedulerKind.Lc or SchedulerKind.Wlc or SchedulerKind.Sed or SchedulerKind.Nq => new LeastCost(kind, loadOf),
        SchedulerKind.Fo => new HighestWeight(loadOf, overflows: false),
        SchedulerKind.Ovf => new HighestWeight(loadOf, overflows: true),
        SchedulerKind.Sh => new SourceHash(loadOf, flags),
        SchedulerKind.Dh => new DestinationHash(loadOf),
        SchedulerKind.Mh => new MaglevHash(loadOf, flags),
        SchedulerKind.Twos => new PowerOfTwo(
            loadOf, drawBelow ?? throw new ArgumentNullException(nameof(drawBelow), "twos draws")),
        SchedulerKind.Lblc => new LocalityLeastConnections(loadOf),
        SchedulerKind.Lblcr => new LocalityReplicated(loadOf),
        _ => throw new UnreachableException(),
    };

    /// <summary>The id of the server for the next connection; null: none is usable.</summary>
    public abstract int? Pick(in ConnectionRequest request);

    /// <summary>For schedulers that do not ask whose connection it is.</summary>
    public int? Pick() => Pick(default);

    public void Add(int id, int weight) => Add(new WeightedServer(id, weight));

    public void Add(WeightedServer server)
    {
        Invariant.That(IndexOf(server.Id) < 0, "a server is added once");
        Invariant.That(server.Weight >= 0, "weight >= 0");
        _servers.Insert(0, server);
        OnAdded();
    }

    public void Edit(int id, int weight)
    {
        Invariant.That(weight >= 0, "weight >= 0");
        WeightedServer before = _servers[IndexKnown(id)];
        _servers[IndexKnown(id)] = before with { Weight = weight, LastWeight = weight > 0 ? weight : before.LastWeight };
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

    /// <summary>It may get new connections now.</summary>
    private protected bool IsUsable(WeightedServer server) => server.IsUsable && !LoadOf(server.Id).IsOverloaded;

    private protected bool IsUsable(int id) => Find(id) is { } server && IsUsable(server);

    private protected WeightedServer? Find(int id) => IndexOf(id) is >= 0 and int index ? _servers[index] : null;

    private int IndexOf(int id) => _servers.FindIndex(server => server.Id == id);

    private int IndexKnown(int id)
    {
        int index = IndexOf(id);
        Invariant.That(index >= 0, "the server is in the list");
        return index;
    }
}
