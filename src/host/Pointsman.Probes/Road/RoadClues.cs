using Pointsman.Health;

namespace Pointsman.Probes.Road;

/// <summary>What else was asked of a server that does not answer on the client's road.</summary>
/// <param name="Own">The same check, to its own address.</param>
/// <param name="Echo">An echo through the virtual address.</param>
/// <param name="FromSource">An echo of its own address, from the road's source; null: the system chooses that.</param>
internal sealed record RoadClues(ProbeOutcome Own, ProbeOutcome Echo, ProbeOutcome? FromSource)
{
    /// <summary>A refusal comes at once, and so do these answers; but not in no time.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(250);

    internal static async Task<RoadClues> GatherAsync(
        ProbeRequest plain, ProbeRequest onRoad, TimeSpan left, ScriptSecurity security, CancellationToken stop)
    {
        TimeSpan limit = left > Least ? left : Least;
        ProbeRequest own = plain with { Road = null, Timeout = limit, Limit = limit };
        ProbeRequest echo = onRoad with { Road = null, Method = new CheckMethod.Ping(), Timeout = limit, Limit = limit, Step = 0 };
        ProbeRequest? fromSource = plain.Road?.Source is { } source
            ? own with { Method = new CheckMethod.Ping(), Step = 0, Binding = plain.Binding with { Address = source } }
            : null;
        Task<ProbeOutcome> asked = AskAsync(own, security, stop);
        Task<ProbeOutcome> echoed = AskAsync(echo, security, stop);
        Task<ProbeOutcome>? returned = fromSource is null ? null : AskAsync(fromSource, security, stop);
        return new RoadClues(await asked, await echoed, returned is null ? null : await returned);
    }

    internal ProbeOutcome Explain(ClientRoad road, CheckMethod method, ProbeOutcome outcome)
    {
        bool isDead = !Own.IsSuccess && Own.GetType() == outcome.GetType();
        return isDead ? outcome : new ProbeOutcome.OffRoad(road.Virtual, outcome, Own, Cause(road, method, outcome));
    }

    private string Cause(ClientRoad road, CheckMethod method, ProbeOutcome outcome) => outcome switch
    {
        // A datagram makes no connection that could time out: without an answer nobody need have got it.
        ProbeOutcome.Silent when method is CheckMethod.Dns or CheckMethod.Udp => Cause(road, new CheckMethod.Tcp(), new ProbeOutcome.TimedOut()),
        _ when !Own.IsSuccess => $"its own address does not either ({Own.Reason})",
        ProbeOutcome.Refused => $"nothing listens on that address there, port {road.Virtual.Port}",
        ProbeOutcome.Unreachable => "its firewall rejects what goes to that address",
        ProbeOutcome.TimedOut or ProbeOutcome.Silent when Echo.IsSuccess => "the address answers ping: its firewall, or a full backlog, swallows the port",
        ProbeOutcome.TimedOut when FromSource is { IsSuccess: false } => $"no way back from it to {road.Source}",
        ProbeOutcome.TimedOut when road.IsTunnel => "its end of the tunnel, or the VIP behind it, missing? (or its answers from there find no way back)",
        ProbeOutcome.TimedOut when road.Source is not null => "VIP missing on lo?",
        ProbeOutcome.TimedOut => "VIP missing on lo? (or its answers from there find no way back)",
        ProbeOutcome.Wrong or ProbeOutcome.Silent or ProbeOutcome.Reset => "another server or site answers on that address",
        _ => "the cause is not known",
    };

    private static async Task<ProbeOutcome> AskAsync(ProbeRequest request, ScriptSecurity security, CancellationToken stop)
    {
        try
        {
            return await Prober.RunAsync(request, security, stop);
        }
        catch (OperationCanceledException)
        {
            return new ProbeOutcome.Silent("not waited for");
        }
    }
}
