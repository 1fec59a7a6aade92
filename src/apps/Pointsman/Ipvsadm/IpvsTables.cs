using System.Collections.Immutable;

namespace Pointsman.App.Ipvsadm;

/// <summary>What the listing commands show, wherever it was read: they know nothing of the kernel.</summary>
/// <param name="ConnectionTableSize">How many connections can be remembered; the first title line tells it.</param>
/// <param name="Services">Servers that are down are not in it, quiesced ones are.</param>
/// <param name="Connections">Read while it is enumerated: there may be a million of them.</param>
internal sealed record IpvsTables(
    int ConnectionTableSize,
    ImmutableArray<IpvsService> Services,
    IEnumerable<IpvsConnection> Connections,
    IpvsTimeouts Timeouts)
{
    /// <summary>Nothing is loaded: what the kernel's own tables look like before the first service.</summary>
    internal static IpvsTables Empty { get; } = new(0, [], [], IpvsTimeouts.Default);
}
