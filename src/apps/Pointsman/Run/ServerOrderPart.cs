using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Control;
using Pointsman.Control.Status;
using Pointsman.Engine;

namespace Pointsman.App.Run;

/// <summary>An operator's orders about real servers: finds whom they are for, gives them to the engine, and notes them.</summary>
internal sealed class ServerOrderPart(RunPaths paths, DirectorPart director, ILogger log)
{
    private readonly ServerOrderNote _note = new(paths.ServerOrderNote);

    /// <summary>After the start of the engine: what a former run was ordered holds.</summary>
    internal void Open(Configuration configuration)
    {
        _note.Read();
        foreach ((int v, int r) in Servers(configuration, _ => true, _ => true))
        {
            if (_note.Find(ServiceOf(configuration, v), configuration.VirtualServers[v].RealServers[r].Address) is { } order)
            {
                director.Order(v, r, order);
            }
        }
    }

    /// <param name="arguments">The order's words; the virtual server; the real server.</param>
    internal ControlReply Obey(ImmutableArray<string> arguments, Configuration configuration)
    {
        if (arguments is not [var words, var service, var server]
            || !EndpointPattern.TryParse(service, out EndpointPattern virtualPattern)
            || !EndpointPattern.TryParse(server, out EndpointPattern realPattern)
            || (words != "enable" && ServerOrderNote.Parse(words) is null))
        {
            return ControlReply.Error(ControlError.BadRequest, "an order is drain, enable, disable or weight 0..65535, a virtual server and a real server");
        }

        ImmutableArray<(int V, int R)> meant = [.. Servers(configuration, virtualPattern.Fits, realPattern.Fits)];
        if (meant.IsEmpty)
        {
            return ControlReply.Error(ControlError.Failed, NotFound(service, server, virtualPattern, configuration));
        }

        ServerOrder? order = ServerOrderNote.Parse(words);
        string? fault = null;
        foreach ((int v, int r) in meant)
        {
            director.Order(v, r, order);
            fault = _note.Set(ServiceOf(configuration, v), configuration.VirtualServers[v].RealServers[r].Address, order);
        }

        Warn(fault);

        return ControlReply.Ok(
            new ServerOrderAccepted([.. meant.Select(one => new OrderedServer(
                ServerName(configuration, one.V, one.R), order?.Outcome ?? "enabled", director.Engine.WeightOf(one.V, one.R)))]) { Warning = fault },
            ControlJson.Default.ServerOrderAccepted);
    }

    /// <summary>Something newer was said of the server by hand.</summary>
    internal void TakeBack(ServiceKey service, TransportEndpoint server, Configuration configuration)
    {
        foreach ((int v, int r) in Servers(configuration, address => address == service.Address, address => address == server))
        {
            if (ServiceOf(configuration, v) == service)
            {
                director.Order(v, r, order: null);
            }
        }

        Warn(_note.Set(service, server, order: null));
    }

    /// <summary>A server that is gone takes its order with it, also for the next daemon.</summary>
    internal void Keep(Configuration configuration) => Warn(_note.Keep(
        [.. Servers(configuration, _ => true, _ => true).Select(one => (ServiceOf(configuration, one.V), configuration.VirtualServers[one.V].RealServers[one.R].Address))]));

    /// <summary>The orders in force, a line each.</summary>
    internal ImmutableArray<string> Describe(Configuration configuration) => !director.Engine.HasOrders ? [] :
    [
        .. Servers(configuration, _ => true, _ => true)
            .Where(one => director.Engine.OrderFor(one.V, one.R) is not null)
            .Select(one => $"{ServerName(configuration, one.V, one.R)} is {director.Engine.OrderFor(one.V, one.R)!.Outcome} by order; "
                + $"the file says weight {configuration.VirtualServers[one.V].RealServers[one.R].Weight}"),
    ];

    private void Warn(string? fault)
    {
        if (fault is not null)
        {
            Log.Warning(log, fault);
        }
    }

    private static IEnumerable<(int V, int R)> Servers(
        Configuration configuration, Func<TransportEndpoint, bool> isService, Func<TransportEndpoint, bool> isServer)
    {
        for (int v = 0; v < configuration.VirtualServers.Length; v++)
        {
            VirtualServerConfig owner = configuration.VirtualServers[v];
            bool isMeant = owner.Targets.Any(target => isService(target.Address));
            for (int r = 0; isMeant && r < owner.RealServers.Length; r++)
            {
                if (isServer(owner.RealServers[r].Address))
                {
                    yield return (v, r);
                }
            }
        }
    }

    private static ServiceKey ServiceOf(Configuration configuration, int virtualServer) => configuration.VirtualServers[virtualServer].Key();

    private static string ServerName(Configuration configuration, int virtualServer, int realServer)
    {
        VirtualServerConfig owner = configuration.VirtualServers[virtualServer];
        return $"real_server {owner.RealServers[realServer].Address} of virtual_server {owner.Name} {StatusBuilder.ProtocolOf(owner)}";
    }

    private static string NotFound(string service, string server, EndpointPattern pattern, Configuration configuration)
    {
        ImmutableArray<VirtualServerConfig> owners = [.. configuration.VirtualServers.Where(owner => owner.Targets.Any(target => pattern.Fits(target.Address)))];
        return owners.IsEmpty
            ? $"no virtual_server has the address {service}; there are {Some(configuration.VirtualServers.SelectMany(owner => owner.Targets).Select(target => $"{target}"))}"
            : $"virtual_server {service} has no real_server {server}; it has {Some(owners.SelectMany(owner => owner.RealServers).Select(real => $"{real.Address}"))}";
    }

    private static string Some(IEnumerable<string> names)
    {
        string[] all = [.. names.Distinct()];
        return all.Length == 0 ? "none" : string.Join(", ", all.Take(8)) + (all.Length > 8 ? $" and {all.Length - 8} more" : "");
    }
}
