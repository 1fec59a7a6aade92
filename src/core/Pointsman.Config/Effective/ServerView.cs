using Pointsman.Config.Model;

namespace Pointsman.Config.Effective;

/// <summary>The blocks of load balancing, setting by setting.</summary>
internal static class ServerView
{
    private const int PersistenceHostLength = 32;

    public static EffectiveBlock Of(VirtualServerConfig server, SettingPlaces places) =>
        new BlockView("virtual_server", server.Source, places)
            .At(server.Address)
            .Seconds("delay_loop", server.DelayLoop)
            .Text("lb_algo", server.Algorithm.ToString().ToLowerInvariant())
            .Text("lb_kind", server.Kind.ToString().ToUpperInvariant())
            .Text("protocol", server.Protocol.ToString().ToUpperInvariant())
            .Seconds("persistence_timeout", server.PersistenceTimeout, "no persistence")
            .Text("persistence_granularity", Netmask(server.PersistencePrefixLength), "each client by itself")
            .Blocks(server.RealServers.Select(realServer => Of(realServer, server, places)))
            .Done();

    private static EffectiveBlock Of(RealServerConfig server, VirtualServerConfig owner, SettingPlaces places) =>
        new BlockView("real_server", server.Source, places)
            .At(server.Address)
            .Number("weight", server.Weight)
            .Blocks(server.Checks.Select(check => Of(check, server, owner, places)))
            .Done();

    private static EffectiveBlock Of(TcpCheckConfig check, RealServerConfig server, VirtualServerConfig owner, SettingPlaces places) =>
        new BlockView("TCP_CHECK", check.Source, places)
            .Address("connect_ip", check.ConnectIp, "the real server's address", server.Address.Address)
            .Number("connect_port", check.ConnectPort, "the real server's port", server.Address.Port)
            .Seconds("connect_timeout", check.ConnectTimeout)
            .Number("retry", check.Retry)
            .Seconds("delay_before_retry", check.DelayBeforeRetry)
            .Seconds("delay_loop", check.DelayLoop, "the virtual server's", owner.DelayLoop)
            .Seconds("warmup", check.Warmup, "the delay loop", check.DelayLoop ?? owner.DelayLoop)
            .Done();

    private static string? Netmask(int prefixLength)
    {
        uint mask = prefixLength == 0 ? 0 : uint.MaxValue << (PersistenceHostLength - prefixLength);
        return prefixLength == PersistenceHostLength
            ? null
            : string.Join('.', BitConverter.IsLittleEndian ? BitConverter.GetBytes(mask).Reverse() : BitConverter.GetBytes(mask));
    }
}
