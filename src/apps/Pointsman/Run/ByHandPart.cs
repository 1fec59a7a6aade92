using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Pointsman.App.Ipvsadm;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Control.ByHand;
using Pointsman.Engine.ByHand;

namespace Pointsman.App.Run;

/// <summary>What operators set by hand, over what the file says; it outlives reloads and restarts, not a reboot.</summary>
internal sealed class ByHandPart
{
    private readonly HandFile _file;
    private readonly ILogger _log;

    internal ByHandPart(RunPaths paths, ILogger log)
    {
        _log = log;
        _file = new HandFile(paths.ByHand);
        Table = _file.Read(out string? fault);
        if (fault is not null)
        {
            Log.Warning(log, fault);
        }
    }

    internal HandTable Table { get; private set; }

    /// <summary>Before another file is in force: what it says otherwise of is no more set by hand.</summary>
    internal HandTable Under(Configuration next) => Table.Under(next, out _);

    /// <summary>It is in force now.</summary>
    internal void OnFile(Configuration file)
    {
        HandTable left = Table.Under(file, out ImmutableArray<HandEntry> given);
        foreach (HandEntry entry in given)
        {
            Log.Line(_log, $"Set by hand, and given up because the file says otherwise now: {entry}");
        }

        Keep(left);
    }

    /// <summary>Carries out orders, all that can be.</summary>
    /// <param name="lines">In ipvsadm's words, with numbers for names.</param>
    /// <param name="apply">Puts a configuration in force; returns why it cannot, or null.</param>
    /// <param name="beside">Carries out what changes no configuration (timeouts, counters, synchronisation); returns why it cannot.</param>
    /// <param name="touched">Told of each server that was set, when that is in force.</param>
    internal HandAnswer Obey(
        ImmutableArray<string> lines,
        Configuration file,
        Func<Configuration, string?> apply,
        Func<IpvsadmRequest, string?> beside,
        Action<ServiceKey, TransportEndpoint> touched)
    {
        var servers = new List<(ServiceKey Service, TransportEndpoint Server)>();
        var refusals = ImmutableArray.CreateBuilder<string>(lines.Length);
        HandTable next = Table;
        foreach (string line in lines)
        {
            refusals.Add(Obey(line, file, ref next, beside, servers) ?? "");
        }

        if (next != Table && apply(next.Over(file)) is { } why)
        {
            return new HandAnswer([.. refusals.Select(refusal => refusal.Length > 0 ? refusal : why)]);
        }

        foreach (HandEntry entry in next.Entries.Except(Table.Entries))
        {
            Log.Line(_log, $"Set by hand: {entry}");
        }

        Keep(next);
        foreach ((ServiceKey service, TransportEndpoint server) in servers)
        {
            touched(service, server);
        }

        return new HandAnswer(refusals.ToImmutable());
    }

    private static string? Obey(
        string line, Configuration file, ref HandTable table, Func<IpvsadmRequest, string?> beside, List<(ServiceKey, TransportEndpoint)> servers)
    {
        if (IpvsadmCommandLine.TryParse(line.Split(' '), ServiceAddressParser.Numeric, out IpvsadmRequest request) is { } refusal)
        {
            return refusal.Message;
        }

        if (request.Command is IpvsadmCommand.SetTimeouts or IpvsadmCommand.Zero or IpvsadmCommand.StartDaemon or IpvsadmCommand.StopDaemon)
        {
            return beside(request);
        }

        if (IpvsadmOrder.Of(request, out string? why) is not { } order)
        {
            return why;
        }

        HandRefusal refused = table.TryObey(order, file, out table);
        if (refused == HandRefusal.None && Named(order) is { } named)
        {
            servers.Add(named);
        }

        return IpvsadmOrder.Wording(refused);
    }

    private static (ServiceKey, TransportEndpoint)? Named(HandOrder order) => order switch
    {
        HandOrder.AddServer add => (add.Service, add.Server),
        HandOrder.EditServer edit => (edit.Service, edit.Server),
        HandOrder.DeleteServer delete => (delete.Service, delete.Server),
        _ => null,
    };

    private void Keep(HandTable table)
    {
        if (table != Table)
        {
            Table = table;
            if (_file.TryWrite(table) is { } fault)
            {
                Log.Warning(_log, fault);
            }
        }
    }
}
