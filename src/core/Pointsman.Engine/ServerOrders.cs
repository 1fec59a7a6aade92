using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.Engine;

/// <summary>The orders in force, by service and server: a reload that moves a server in the file moves no order.</summary>
internal sealed class ServerOrders
{
    private readonly Dictionary<(ServiceKey Service, TransportEndpoint Server), ServerOrder> _orders = [];

    public bool IsEmpty => _orders.Count == 0;

    public ServerOrder? Find(ServiceKey service, TransportEndpoint server) => _orders.GetValueOrDefault((service, server));

    /// <param name="order">Null: none any more.</param>
    /// <returns>Whether that changes anything.</returns>
    public bool Set(ServiceKey service, TransportEndpoint server, ServerOrder? order)
    {
        if (Find(service, server) == order)
        {
            return false;
        }

        if (order is null)
        {
            _orders.Remove((service, server));
        }
        else
        {
            _orders[(service, server)] = order;
        }

        return true;
    }

    /// <summary>A server that is gone takes its order with it.</summary>
    public void Keep(IReadOnlyCollection<(ServiceKey, TransportEndpoint)> servers)
    {
        foreach ((ServiceKey, TransportEndpoint) gone in _orders.Keys.Where(key => !servers.Contains(key)).ToList())
        {
            _orders.Remove(gone);
        }
    }
}
