using System.Collections.Immutable;

namespace Pointsman.RealServer;

/// <summary>A kernel setting that keeps a real server from answering ARP for the virtual IP.</summary>
/// <param name="Target">What it is set to.</param>
/// <param name="Enough">Values that do as well and are left alone.</param>
internal sealed record ArpSetting(string Name, string Target, ImmutableArray<string> Enough, string Why)
{
    // The kernel takes the greater of "all" and the interface. With 1, it answers ARP only for addresses of the interface
    // it is asked on; 3 would answer for those on lo.
    private static readonly ImmutableArray<string> s_silent = ["1", "2", "8"];

    // With 2, its own ARP requests never name the virtual IP as the sender: clients and routers would learn it.
    private static readonly ImmutableArray<string> s_discreet = ["2"];

    internal static ImmutableArray<ArpSetting> All { get; } =
    [
        new("net/ipv4/conf/all/arp_ignore", "1", s_silent, "the real server would answer ARP for the virtual IP"),
        new("net/ipv4/conf/lo/arp_ignore", "1", s_silent, "the real server would answer ARP for the virtual IP"),
        new("net/ipv4/conf/all/arp_announce", "2", s_discreet, "its ARP requests would name the virtual IP as theirs"),
        new("net/ipv4/conf/lo/arp_announce", "2", s_discreet, "its ARP requests would name the virtual IP as theirs"),
    ];

    /// <summary>As <c>sysctl</c> writes it.</summary>
    internal string DottedName => Name.Replace('/', '.');

    internal bool IsMetBy(string? value) => value is not null && Enough.Contains(value);
}
