using System.Collections.Frozen;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Engine.ByHand;

namespace Pointsman.App.Ipvsadm;

/// <summary>From a command line that was understood to the order it gives, or why Pointsman cannot carry it out.</summary>
internal static class IpvsadmOrder
{
    private static readonly FrozenDictionary<string, LoadBalanceAlgorithm> Algorithms =
        Enum.GetValues<LoadBalanceAlgorithm>().ToFrozenDictionary(algorithm => algorithm.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    /// <param name="why">Null when there is an order.</param>
    internal static HandOrder? Of(IpvsadmRequest request, out string? why)
    {
        why = null;
        if (request.Command == IpvsadmCommand.Clear)
        {
            return new HandOrder.Clear();
        }

        ServiceKey key = request.Service!.Name;
        IpvsadmValues values = request.Values;
        why = Missing(request.Command, key, values);
        return why is not null ? null : request.Command switch
        {
            IpvsadmCommand.AddService => new HandOrder.AddService(key, Service(key, values)),
            IpvsadmCommand.EditService => new HandOrder.EditService(key, Service(key, values)),
            IpvsadmCommand.DeleteService => new HandOrder.DeleteService(key),
            IpvsadmCommand.AddServer => new HandOrder.AddServer(key, Server(key, values), Settings(values)),
            IpvsadmCommand.EditServer => new HandOrder.EditServer(key, Server(key, values), Settings(values)),
            IpvsadmCommand.DeleteServer => new HandOrder.DeleteServer(key, Server(key, values, isDeletion: true)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>In libipvs' words.</summary>
    internal static string? Wording(HandRefusal refusal) => refusal switch
    {
        HandRefusal.None => null,
        HandRefusal.ServiceExists => "Service already exists",
        HandRefusal.NoSuchService => "No such service",
        HandRefusal.ServiceOfServerMissing => "Service not defined",
        HandRefusal.ServerExists => "Destination already exists",
        HandRefusal.NoSuchServer => "No such destination",
        HandRefusal.LimitsReversed => "Numerical result out of range",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string? Missing(IpvsadmCommand command, ServiceKey key, IpvsadmValues values)
    {
        bool isTunnel = values.Method == 'i' && command is IpvsadmCommand.AddServer or IpvsadmCommand.EditServer;
        bool isOtherFamily = values.Server is { } server && server.Address.Family != key.Address.Address.Family;
        if (isOtherFamily && !isTunnel && command != IpvsadmCommand.DeleteServer)
        {
            return "only a tunnel (-i) leads from one address family to the other";
        }

        bool isService = command is IpvsadmCommand.AddService or IpvsadmCommand.EditService;
        return isTunnel && values.TunnelChecksum is { } checksum ? $"Pointsman makes no tunnels with --tun-{checksum} yet"
            : isTunnel && values is { Tunnel: TunnelKind.Gue, TunnelPort: 0 } ? "tunnel port not specified"
            : values.PersistenceEngine is { } engine ? $"Pointsman has no persistence engine {engine} yet"
            : values.IsOnePacket && !key.IsMark && key.Protocol != TransportProtocol.Udp ? "one-packet scheduling (-o) is for UDP services"
            : isService && Algorithm(values.Scheduler) is null ? "Scheduler or persistence engine not found"
            : null;
    }

    private static LoadBalanceAlgorithm? Algorithm(string name) =>
        Algorithms.TryGetValue(name, out LoadBalanceAlgorithm known) ? known : null;

    private static HandService Service(ServiceKey key, IpvsadmValues values) => new(
        Algorithm(values.Scheduler)!.Value,
        values.Flags,
        values.PersistenceSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        values.PersistencePrefixLength ?? key.Address.Address.LengthBits)
    {
        OnePacket = values.IsOnePacket,
    };

    private static HandServer Settings(IpvsadmValues values) => new(
        Kind(values), values.Weight, values.UpperThreshold, values.LowerThreshold) { GuePort = values.TunnelPort };

    private static LoadBalanceKind Kind(IpvsadmValues values) => (values.Method, values.Tunnel) switch
    {
        ('m', _) => LoadBalanceKind.Nat,
        ('i', TunnelKind.Gue) => LoadBalanceKind.TunGue,
        ('i', TunnelKind.Gre) => LoadBalanceKind.TunGre,
        ('i', _) => LoadBalanceKind.Tun,
        _ => LoadBalanceKind.Dr,
    };

    // With a mark the port is the server's own affair. The port of the service is meant where none is typed, and with direct routing
    // or all ports whatever is typed. Without a method the server of a deletion is the one that was typed.
    private static TransportEndpoint Server(ServiceKey key, IpvsadmValues values, bool isDeletion = false)
    {
        TransportEndpoint server = values.Server!.Value;
        bool isServices = server.Port == 0 || key.Address.Port == 0 || (!isDeletion && values.Method != 'm');
        return isServices && !key.IsMark ? server with { Port = key.Address.Port } : server;
    }
}
