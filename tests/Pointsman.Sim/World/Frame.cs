using Pointsman.Base;

namespace Pointsman.Sim.World;

/// <summary>What travels on a segment. Adverts and ARP are the real bytes.</summary>
/// <param name="Target">Broadcast reaches everybody.</param>
internal abstract record Frame(MacAddress Source, MacAddress Target)
{
    /// <param name="Packet">The IP packet.</param>
    internal sealed record Advert(MacAddress Source, MacAddress Target, byte[] Packet) : Frame(Source, Target);

    /// <param name="Bytes">The whole frame.</param>
    internal sealed record Arp(MacAddress Source, MacAddress Target, byte[] Bytes) : Frame(Source, Target);

    /// <summary>A packet from a client to the VIP; directors change nothing but the hardware addresses.</summary>
    /// <param name="Flow">Stands for the client's port; never reused.</param>
    internal sealed record ToVip(MacAddress Source, MacAddress Target, IpAddress Client, int Flow, bool IsSyn)
        : Frame(Source, Target)
    {
        /// <summary>The directors that have chosen a server for it, a bit each.</summary>
        public int BalancedBy { get; init; }
    }
}
