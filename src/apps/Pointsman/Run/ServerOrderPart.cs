using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Control;
using Pointsman.Control.Status;
using Pointsman.Engine;

namespace Pointsman.App.Run;

/// <summary>An operator's orders about real servers: finds whom they are for, gives them to the engine, and notes them.</summary>
internal sealed class ServerOrderPart(RunPaths paths, DirectorPart director, ILogger log, TimeProvider? time = null)
{
    /// <summary>A draining that is to last longer has no end.</summary>
    internal static readonly TimeSpan LongestDrain = TimeSpan.FromDays(365);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ServerOrderNote _note = new(paths.ServerOrderNote);
    private long? _nextEnd;

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

        FindNextEnd(configuration);
    }

    /// <summary>Somebody was to drain until now: <see cref="OnDeadline"/> is to be called.</summary>
    internal bool IsDue => _nextEnd <= Second;

    /// <summary>Who was to drain until now is disabled.</summary>
    internal void OnDeadline(Configuration configuration)
    {
        foreach ((int v, int r, _) in Drainings(configuration).Where(draining => draining.End <= Second).ToList())
        {
            Log.Warning(log, $"{ServerName(configuration, v, r)}: its time to drain is over, it is disabled");
            director.Order(v, r, new ServerOrder.Disable());
            Warn(_note.Set(ServiceOf(configuration, v), configuration.VirtualServers[v].RealServers[r].Address, new ServerOrder.Disable()));
        }

        FindNextEnd(configuration);
    }

    /// <param name="arguments">The order's words; the virtual server; the real server.</param>
    internal ControlReply Obey(ImmutableArray<string> arguments, Configuration configuration)
    {
        if (arguments is not [var words, var service, var server]
            || !EndpointPattern.TryParse(service, out EndpointPattern virtualPattern)
            || !EndpointPattern.TryParse(server, out EndpointPattern realPattern)
            || (words != "enable" && Parse(words) is null))
        {
            return ControlReply.Error(
                ControlError.BadRequest,
                string.Create(CultureInfo.InvariantCulture, $"an order is drain, drain for 1..{LongestDrain.TotalSeconds}, enable, disable or weight 0..65535, a virtual server and a real server"));
        }

        ImmutableArray<(int V, int R)> meant = [.. Servers(configuration, virtualPattern.Fits, realPattern.Fits)];
        if (meant.IsEmpty)
        {
            return ControlReply.Error(ControlError.Failed, NotFound(service, server, virtualPattern, configuration));
        }

        ServerOrder? order = Parse(words);
        string? fault = null;
        foreach ((int v, int r) in meant)
        {
            director.Order(v, r, order);
            fault = _note.Set(ServiceOf(configuration, v), configuration.VirtualServers[v].RealServers[r].Address, order);
        }

        Warn(fault);
        FindNextEnd(configuration);

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

    // As it is asked for, from now on; as it is noted, until then.
    private ServerOrder? Parse(string words) => words.Split(' ') switch
    {
        ["drain", "for", var text] => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds)
            && seconds > 0 && seconds <= LongestDrain.TotalSeconds
            ? ServerOrderNote.DrainUntil(_time.GetUtcNow() + TimeSpan.FromSeconds(seconds))
            : null,
        _ => ServerOrderNote.Parse(words),
    };

    private long Second => _time.GetUtcNow().ToUnixTimeSeconds();

    private IEnumerable<(int V, int R, long End)> Drainings(Configuration configuration)
    {
        foreach ((int v, int r) in Servers(configuration, _ => true, _ => true))
        {
            if (director.Engine.OrderFor(v, r) is ServerOrder.Drain { End: { } end })
            {
                yield return (v, r, end.UnixSecond);
            }
        }
    }

    private void FindNextEnd(Configuration configuration) =>
        _nextEnd = director.Engine.HasOrders ? Drainings(configuration).Select(draining => (long?)draining.End).Min() : null;

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
