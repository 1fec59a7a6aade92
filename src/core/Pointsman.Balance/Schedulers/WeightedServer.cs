using Pointsman.Base;

namespace Pointsman.Balance.Schedulers;

/// <summary>A server as schedulers see it.</summary>
/// <param name="Id">The caller's name for it, kept from one table to the next; the data path uses its slot.</param>
/// <param name="Weight">Zero: in the table, but gets no new connections.</param>
public readonly record struct WeightedServer(int Id, int Weight)
{
    public bool IsUsable => Weight > 0;

    /// <summary>mh: where the server is decides which clients are its own.</summary>
    public TransportEndpoint Address { get; init; }

    /// <summary>mh: the last weight above zero, whose share a server keeps while it takes no new connections.</summary>
    public int LastWeight { get; init; } = Weight;
}
