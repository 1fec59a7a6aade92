using Pointsman.Dataplane.Synchronisation;

namespace Pointsman.App.Ipvsadm;

/// <summary>A command line that was understood.</summary>
/// <param name="Options">Those given.</param>
/// <param name="Service">The one service it is about; null: all.</param>
internal sealed record IpvsadmRequest(
    IpvsadmCommand Command, IReadOnlySet<IpvsadmOption> Options, ServiceSelector? Service = null)
{
    /// <summary>Of a change.</summary>
    internal IpvsadmValues Values { get; init; } = new();

    /// <summary>Of <c>--set</c>: established, closed by the client, UDP, in seconds; 0 leaves one as it is.</summary>
    internal IReadOnlyList<int> Timeouts { get; init; } = [];

    /// <summary>Of <c>--start-daemon</c> and <c>--stop-daemon</c>.</summary>
    internal SyncRole? SyncRole { get; init; }

    internal bool Has(IpvsadmOption option) => Options.Contains(option);

    internal ListingFormat Format => this switch
    {
        _ when Has(IpvsadmOption.Stats) => ListingFormat.Stats,
        _ when Has(IpvsadmOption.Rate) => ListingFormat.Rate,
        _ when Has(IpvsadmOption.Thresholds) => ListingFormat.Thresholds,
        _ when Has(IpvsadmOption.PersistentConn) => ListingFormat.PersistentConnections,
        _ when Has(IpvsadmOption.TunnelInfo) => ListingFormat.TunnelInfo,
        _ => ListingFormat.Plain,
    };
}
