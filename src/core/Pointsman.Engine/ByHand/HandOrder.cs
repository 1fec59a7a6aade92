using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Engine.ByHand;

/// <summary>A change that an operator orders by hand.</summary>
public abstract record HandOrder
{
    private HandOrder()
    {
    }

    public sealed record AddService(ServiceKey Service, HandService Settings) : HandOrder;

    public sealed record EditService(ServiceKey Service, HandService Settings) : HandOrder;

    public sealed record DeleteService(ServiceKey Service) : HandOrder;

    public sealed record AddServer(ServiceKey Service, TransportEndpoint Server, HandServer Settings) : HandOrder;

    public sealed record EditServer(ServiceKey Service, TransportEndpoint Server, HandServer Settings) : HandOrder;

    public sealed record DeleteServer(ServiceKey Service, TransportEndpoint Server) : HandOrder;

    /// <param name="Timeouts">Null parts stay as they are.</param>
    public sealed record SetTimeouts(LvsTimeoutsConfig Timeouts) : HandOrder;

    /// <summary>All services.</summary>
    public sealed record Clear : HandOrder;
}
