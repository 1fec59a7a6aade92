using System.Collections.Immutable;
using static Pointsman.Config.Severity;

namespace Pointsman.Config.Judgement;

/// <summary>
/// What an experienced operator remarks on files that can be used. PM15xx one node, PM16xx between nodes, PM17xx this
/// host. As in <see cref="DiagnosticCatalogue"/>, each has its page.
/// </summary>
public static class JudgementCatalogue
{
    public static readonly DiagnosticDescriptor SlowCheck =
        new("PM1501", Note, "a dead server of `virtual_server {0}` leaves after at most {1}");

    public static readonly DiagnosticDescriptor TimeoutBeyondLoop =
        new("PM1502", Note, "a `connect_timeout` of {0} is longer than the `delay_loop` of {1}");

    public static readonly DiagnosticDescriptor WeightZero =
        new("PM1503", Note, "`real_server {0}` has weight 0: it gets no new clients")
        {
            Hint = "what it serves goes on; type `weight 1` to send it new ones",
        };

    public static readonly DiagnosticDescriptor AllWeightsZero =
        new("PM1504", Warning, "all real servers of `virtual_server {0}` have weight 0: no new client is served")
        {
            Hint = "type `weight 1` for those that shall serve",
        };

    public static readonly DiagnosticDescriptor WeightUnderNopreempt =
        new("PM1505", Warning, "the weight of `{0}` brings no failover to `vrrp_instance {1}`, which has `nopreempt`")
        {
            Hint = "type `weight 0` on every node: then a failure is a fault and the master leaves; or remove `nopreempt`",
        };

    public static readonly DiagnosticDescriptor ServerIsVirtual =
        new("PM1506", Warning, "`real_server {0}` is the virtual address itself")
        {
            Hint = "type the server's own address, the one it has before any failover",
        };

    public static readonly DiagnosticDescriptor ServerIsDirector =
        new("PM1507", Note, "`real_server {0}` is a director itself")
        {
            Hint = "this is safe here: a director balances an address only while it owns it, and never what another director sent it",
        };

    public static readonly DiagnosticDescriptor SlowTakeover =
        new("PM1508", Note, "`vrrp_instance {0}` takes over from a dead master only after {1}");

    public static ImmutableArray<DiagnosticDescriptor> All { get; } =
    [
        SlowCheck, TimeoutBeyondLoop, WeightZero, AllWeightsZero, WeightUnderNopreempt, ServerIsVirtual,
        ServerIsDirector, SlowTakeover,
    ];
}
