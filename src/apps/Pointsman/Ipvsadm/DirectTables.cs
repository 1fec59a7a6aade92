using System.Collections.Immutable;
using Pointsman.App.Run;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Dataplane;
using Pointsman.Dataplane.NextHops;
using Pointsman.Engine.ByHand;
using Pointsman.Linux.Network;

namespace Pointsman.App.Ipvsadm;

/* Changes while no daemon runs: of the pinned tables themselves. They are noted as set by hand, so that the next daemon lays them over
   its file. Nobody follows the ways to servers then, nor checks them: a server keeps the hardware address it was found at. */

/// <summary>Carries out changes on the pinned tables. Whoever calls holds the lock against daemons.</summary>
/// <param name="warn">Told of what was done and does not work.</param>
internal sealed class DirectTables(RunPaths paths, Action<string> warn)
{
    /// <summary>How long a server is waited for that does not answer ARP.</summary>
    private static readonly TimeSpan NeighbourPatience = TimeSpan.FromSeconds(1);

    private HandTable _delta = HandTable.Empty;
    private XdpDataplane? _dataplane;
    private ForwardingPlan _tables = ForwardingPlan.Empty;
    private Configuration _said = new();

    /// <returns>A complaint for each line; empty: it was carried out.</returns>
    /// <exception cref="IpvsTablesException">The tables cannot be changed.</exception>
    internal ImmutableArray<string> Carry(ImmutableArray<string> lines)
    {
        try
        {
            IpvsadmRequest?[] requests = [.. lines.Select(Parse)];
            Open(mayMake: requests.Any(request => request?.Command is IpvsadmCommand.AddService or IpvsadmCommand.SetTimeouts));
            string[] answers = new string[lines.Length];
            var batch = new HandBatch(answers);
            for (int i = 0; i < answers.Length; i++)
            {
                answers[i] = "";
                answers[i] = Carry(requests[i], i, batch) ?? "";
            }

            Flush(batch);
            return [.. answers];
        }
        catch (DataplaneException refused)
        {
            throw new IpvsTablesException(refused.Message, refused);
        }
        finally
        {
            _dataplane?.Dispose();
        }
    }

    private static IpvsadmRequest? Parse(string line) =>
        IpvsadmCommandLine.TryParse(line.Split(' '), ServiceAddressParser.Numeric, out IpvsadmRequest request) is null ? request : null;

    private void Open(bool mayMake)
    {
        var options = new DataplaneOptions { PinDirectory = paths.PinDirectory, MarkNote = paths.MarkNote };
        _dataplane = XdpDataplane.TryTakeUp(options) ?? (mayMake ? XdpDataplane.Open(options) : null);
        _dataplane?.CatchUp();
        ReadTables();
    }

    private void ReadTables()
    {
        _tables = _dataplane?.ReadPlan() ?? ForwardingPlan.Empty;
        _said = HandPlan.Describe(_tables);
        if (_dataplane?.Timeouts is { } now)
        {
            _said = _said with { Global = _said.Global with { LvsTimeouts = new LvsTimeoutsConfig(now.Tcp, now.TcpFin, now.Udp) } };
        }

        _delta = HandTable.Empty;
    }

    private string? Carry(IpvsadmRequest? request, int at, HandBatch batch)
    {
        switch (request?.Command)
        {
            case null:
                return "the line cannot be read";
            case IpvsadmCommand.StartDaemon:
                return "the daemon synchronises connections, and none is running: start `pointsman run`";
            case IpvsadmCommand.StopDaemon:
                return "No daemon is running";
            case IpvsadmCommand.Zero:
                Flush(batch);
                return Zero(request.Service?.Name) ? null : "No such service";
            default:
                if (IpvsadmOrder.Of(request, out string? why) is not { } order)
                {
                    return why;
                }

                batch.Add(at, order);
                return null;
        }
    }

    private bool Zero(ServiceKey? service) => _dataplane?.TryZero(service) ?? service is null;

    // All changes so far, in one step.
    private void Flush(HandBatch batch)
    {
        _delta = batch.Settle(HandTable.Empty, _said, WhyNot);
        batch.Clear();
        if (_delta.IsEmpty || _dataplane is null)
        {
            return;
        }

        if (_delta.Timeouts is { Set: var set })
        {
            _delta = _delta with { Timeouts = new HandTimeouts(set, HandTimeouts.Unknown) };
            _dataplane.SetTimeouts(set.Tcp ?? default, set.TcpFin ?? default, set.Udp ?? default);
        }

        if (_delta.Entries.IsEmpty)
        {
            Note();
            return;
        }

        Apply(_dataplane);
        ReadTables();
    }

    private string? WhyNot(Configuration wanted)
    {
        try
        {
            XdpDataplane.Check(HandPlan.Change(_tables, wanted, server => new Reachability.Unresolved("nobody has asked yet")));
            return null;
        }
        catch (DataplaneException refused)
        {
            return refused.Message;
        }
    }

    private void Apply(XdpDataplane dataplane)
    {
        Configuration wanted = _delta.Over(_said);
        HashSet<IpAddress> listed = [.. _tables.Services.SelectMany(service => service.Servers).Select(server => server.Address.Address)];
        ImmutableArray<IpAddress> unknown = HandPlan.Unknown(_tables, wanted);
        IReadOnlyDictionary<IpAddress, Reachability> ways = FirstWays.Find([.. unknown.Where(server => !listed.Contains(server))], NeighbourPatience);
        ForwardingPlan plan = HandPlan.Change(_tables, wanted, server => ways.GetValueOrDefault(server) ?? LookOnce(server));
        plan = plan with { InterfaceIndexes = Interfaces(plan) };
        XdpDataplane.Check(plan);
        Note();
        dataplane.Apply(plan);
        foreach (string note in dataplane.TakeNotes())
        {
            warn(note);
        }

        foreach ((IpAddress server, Reachability way) in ways)
        {
            if (way is Reachability.Unresolved lost)
            {
                warn($"{server} gets no packets until a daemon finds it: {lost.Reason}");
            }
        }
    }

    private void Note()
    {
        Directory.CreateDirectory(paths.RunDirectory);
        var file = new HandFile(paths.ByHand);
        HandTable noted = file.Read(out string? fault);
        if ((fault ?? file.TryWrite(noted.With(_delta))) is { } trouble)
        {
            warn(trouble);
        }
    }

    // Who did not answer when it was set is not waited for again.
    private static Reachability LookOnce(IpAddress server)
    {
        using var routes = new RouteClient();
        return ReachabilityWatcher.Look(routes, server);
    }

    // As a daemon chooses for addresses that no instance moves.
    private static ImmutableArray<int> Interfaces(ForwardingPlan plan)
    {
        using var routes = new RouteClient();
        List<NetworkLink> links = routes.Links();
        List<InterfaceAddress> addresses = routes.Addresses();
        var chosen = new SortedSet<int>(plan.InterfaceIndexes.Where(index => links.Exists(link => link.Index == index)));
        foreach (IpAddress vip in plan.Services.Where(service => !service.Key.IsMark).Select(service => service.Key.Address.Address).Distinct())
        {
            chosen.UnionWith(InterfaceChoice.Holding(vip, links, addresses));
        }

        chosen.UnionWith(plan.Services.SelectMany(service => service.Servers).Select(server => server.NextHop?.InterfaceIndex).OfType<int>()
            .Where(index => links.Exists(link => link.Index == index && InterfaceChoice.CanAttach(link))));
        return plan.Services.IsEmpty ? plan.InterfaceIndexes : [.. chosen];
    }
}
