using System.Collections.Frozen;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Engine;
using Pointsman.Engine.ByHand;

namespace Pointsman.App.Ipvsadm;

/// <summary>From a command line that was understood to the order it gives, or why Pointsman cannot carry it out.</summary>
internal static class IpvsadmOrder
{
    private static readonly FrozenDictionary<string, LoadBalanceAlgorithm> Algorithms =
        Enum.GetValues<LoadBalanceAlgorithm>().ToFrozenDictionary(algorithm => algorithm.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    private const string NotFound = "Scheduler or persistence engine not found";

    /// <summary>The one that Linux has.</summary>
    internal const string SipEngine = "sip";

    /// <param name="why">Null when there is an order.</param>
    internal static HandOrder? Of(IpvsadmRequest request, out string? why)
    {
        why = null;
        if (request.Command == IpvsadmCommand.Clear)
        {
            return new HandOrder.Clear();
        }

        if (request.Command == IpvsadmCommand.SetTimeouts)
        {
            return new HandOrder.SetTimeouts(new LvsTimeoutsConfig(Timeout(request, 0), Timeout(request, 1), Timeout(request, 2)));
        }

        ServiceKey key = request.Service!.Name;
        IpvsadmValues values = request.Values;
        why = Missing(request.Command, values);
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

    private static TimeSpan? Timeout(IpvsadmRequest request, int at) =>
        request.Timeouts[at] == 0 ? null : TimeSpan.FromSeconds(request.Timeouts[at]);

    private static string? Missing(IpvsadmCommand command, IpvsadmValues values)
    {
        bool isService = command is IpvsadmCommand.AddService or IpvsadmCommand.EditService;
        return isService && Algorithm(values.Scheduler) is null ? NotFound
            : values.PersistenceEngine is { } engine ? engine == SipEngine ? null : NotFound
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
        PersistenceGaps = values.PersistenceGaps,
        OnePacket = values.IsOnePacket,
        ByCall = values.PersistenceEngine is not null,
    };

    private static HandServer Settings(IpvsadmValues values) => new(
        Kind(values), values.Weight, values.UpperThreshold, values.LowerThreshold) { GuePort = values.TunnelPort };

    private static LoadBalanceKind Kind(IpvsadmValues values) => values.Method switch
    {
        'm' => LoadBalanceKind.Nat,
        'i' => TunnelWords.KindOf(values.Tunnel, values.TunnelChecksum),
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
