using Pointsman.Config.Binding;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary><c>bfd_instance</c>.</summary>
internal static class BfdGrammar
{
    private const int LongestMs = 60_000;
    private const int ShortestIdleMs = 1000;

    private static readonly Argument TimeToLive = Argument.Number(1, 255);

    public static BlockGrammar<BfdConfig> Block { get; } = new("bfd_instance",
    [
        new("neighbor_ip", Argument.Address, "the peer", (bfd, setting) => bfd with { Neighbor = setting.Value.Address })
        { IsRequired = true },

        new("neighbour_ip", Argument.Address, "the peer", (bfd, setting) => bfd with { Neighbor = setting.Value.Address })
        { SameAs = "neighbor_ip" },

        new("source_ip", Argument.Address, "where packets come from", (bfd, setting) =>
            bfd with { SourceAddress = setting.Value.Address })
        { Default = "as the routes say" },

        new("min_rx", Argument.Number(1, LongestMs), "milliseconds: packets may come as often", (bfd, setting) =>
            bfd with { MinRx = TimeSpan.FromMilliseconds(setting.Whole) })
        { Default = "10" },

        new("min_tx", Argument.Number(1, LongestMs), "milliseconds: packets go as often, unless the peer wants fewer",
            (bfd, setting) => bfd with { MinTx = TimeSpan.FromMilliseconds(setting.Whole) })
        { Default = "10" },

        new("idle_tx", Argument.Number(ShortestIdleMs, LongestMs), "milliseconds: packets go as often while the peer is down",
            (bfd, setting) => bfd with { IdleTx = TimeSpan.FromMilliseconds(setting.Whole) })
        { Default = "1000" },

        new("multiplier", Argument.Number(1, 255), "packets that must be missing", (bfd, setting) =>
            bfd with { Multiplier = setting.Whole })
        { Default = "5" },

        new("passive", Argument.Nothing, "wait for the peer to begin", (bfd, _) => bfd with { IsPassive = true }),

        new("multihop", Argument.Nothing, "the peer is behind a router: port 4784", (bfd, _) => bfd with { IsMultihop = true }),

        new("ttl", TimeToLive, "the packets' time to live", (bfd, setting) => bfd with { TimeToLive = setting.Whole })
        { Default = "255; 64 with multihop" },

        new("hoplimit", TimeToLive, "the packets' hop limit", (bfd, setting) => bfd with { TimeToLive = setting.Whole })
        { SameAs = "ttl" },

        new("max_hops", Argument.Number(-1, 255), "packets over more routers are not believed; -1: over any number",
            (bfd, setting) => bfd with { MaxHops = setting.Whole })
        { Default = "0" },

        new("weight", Argument.Weight(Limits.TrackWeightMost), "what it adds to the priority; 0: the peer's loss is a fault",
            (bfd, setting) => bfd with { Weight = setting.Whole, Reverse = setting.Value.IsOn })
        { Default = "0" },

        new("vrrp", Argument.Nothing, "instances may track it, and nobody else who is not named", (bfd, _) => bfd with { NamesVrrp = true })
        { Default = "both" },

        new("checker", Argument.Nothing, "a BFD_CHECK may follow it, and nobody else who is not named", (bfd, _) => bfd with { NamesChecker = true })
        { Default = "both" },
    ])
    {
        Blank = () => new BfdConfig("", default),
    };
}
