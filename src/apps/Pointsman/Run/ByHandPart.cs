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
        HandTable left = Table.Under(file, out ImmutableArray<string> given);
        foreach (string line in given)
        {
            Log.Line(_log, $"Set by hand, and given up because the file says otherwise now: {line}");
        }

        Keep(left);
    }

    /// <summary>Carries out orders, all that can be, in their order.</summary>
    /// <param name="lines">In ipvsadm's words, with numbers for names.</param>
    internal HandAnswer Obey(ImmutableArray<string> lines, Configuration file, HandEffects effects)
    {
        string[] answers = new string[lines.Length];
        var batch = new HandBatch(answers);
        for (int i = 0; i < lines.Length; i++)
        {
            answers[i] = "";
            if (IpvsadmCommandLine.TryParse(lines[i].Split(' '), ServiceAddressParser.Numeric, out IpvsadmRequest request) is { } refusal)
            {
                answers[i] = refusal.Message;
            }
            else if (request.Command is IpvsadmCommand.Zero or IpvsadmCommand.StartDaemon or IpvsadmCommand.StopDaemon)
            {
                Carry(batch, file, effects);
                answers[i] = effects.Beside(request) ?? "";
            }
            else if (IpvsadmOrder.Of(request, out string? why) is { } order)
            {
                batch.Add(i, order);
            }
            else
            {
                answers[i] = why ?? "";
            }
        }

        Carry(batch, file, effects);
        return new HandAnswer([.. answers]);
    }

    private void Carry(HandBatch batch, Configuration file, HandEffects effects)
    {
        HandTable next = batch.Settle(Table, file, effects.Check);
        if (next != Table && effects.Apply(next.Over(file)) is { } why)
        {
            batch.Refuse(why);
        }
        else
        {
            foreach (string line in next.Lines.Except(Table.Lines))
            {
                Log.Line(_log, $"Set by hand: {line}");
            }

            Keep(next);
            foreach ((ServiceKey service, TransportEndpoint server) in batch.Good.Select(Named).OfType<(ServiceKey, TransportEndpoint)>())
            {
                effects.Touched(service, server);
            }
        }

        batch.Clear();
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
