using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;
using Pointsman.Dataplane.Marks;

namespace Pointsman.Dataplane.Tables;

/// <summary>What the XDP data path can do, asked before it is told to.</summary>
internal static class PlanLimits
{
    internal static void Check(ForwardingPlan plan)
    {
        int peers = PmLimit.Peers - PmLimit.PeersHeard;
        Require(plan.Services.Length <= PmLimit.Services, $"more than {PmLimit.Services} virtual services");
        Require(plan.Services.Sum(service => service.Servers.Length) < PmLimit.Servers, $"more than {PmLimit.Servers - 1} real servers");
        Require(
            plan.Services.Length + plan.Addresses.Length <= PmLimit.Vips,
            $"more than {PmLimit.Vips} virtual addresses");
        Require(
            plan.Addresses.All(address => address.LeaseSlot is >= 0 and < PmLimit.Leases),
            $"more than {PmLimit.Leases} ownership leases");
        Require(plan.Peers.Length <= peers, $"more than {peers} other directors");
        var keys = new HashSet<ServiceKey>();
        foreach (PlannedService service in plan.Services)
        {
            Require(
                service.Key.Address.Mark <= MarkNames.Highest,
                $"{service.Key}: marks up to {MarkNames.Highest} can be balanced");
            Require(keys.Add(service.Key), $"{service.Key} is there twice");
            Require(
                service.LeaseSlot is null or (>= 0 and < PmLimit.Leases),
                $"{service.Key}: more than {PmLimit.Leases} ownership leases");
            Require(service.LocalAddresses.Length <= PmLimit.Pool, $"{service.Key}: more than {PmLimit.Pool} addresses for full NAT");
            Require(
                service.LocalAddresses.All(local => local.Address.Family == service.Key.Address.Address.Family),
                $"{service.Key}: an address for full NAT is of another family than the service");
            Require(
                service.LocalAddresses.IsEmpty || service.Key.IsMark || service.Key.Protocol != TransportProtocol.Sctp,
                $"{service.Key}: full NAT is for TCP and UDP");
            var servers = new HashSet<TransportEndpoint>();
            foreach (PlannedServer server in service.Servers)
            {
                Require(
                    server.Address.Address.Family == service.Key.Address.Address.Family
                        || server.Method is ForwardingMethod.Tunnel,
                    $"{service.Key}: {server.Address}: only by a tunnel a server's address is of another family than its service's");
                Require(
                    server.Method is not ForwardingMethod.Tunnel || server.NextHop is null
                        || server.Tunnel?.Source?.Family == server.Address.Address.Family,
                    $"{service.Key}: {server.Address}: this node has no address for its end of the tunnel");
                Require(servers.Add(server.Address), $"{service.Key}: {server.Address} is there twice");
                Require(
                    Enum.IsDefined(server.Method),
                    $"{service.Key}: {server.Address}: there is no method {server.Method}");
                Require(
                    server.Method != ForwardingMethod.Masquerade || !service.Flags.HasFlag(ServiceFlags.OnePacket),
                    $"{service.Key}: {server.Address}: answers to datagrams that nobody remembers (ops) cannot come back by NAT");
            }
        }
    }

    private static void Require(bool good, string otherwise)
    {
        if (!good)
        {
            throw new DataplaneException(otherwise);
        }
    }
}
