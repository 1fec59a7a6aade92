namespace Pointsman.App.Ipvsadm;

/// <summary>A command line that was understood.</summary>
/// <param name="Options">Those given, of the list command.</param>
/// <param name="Service">The one service to list; null: all.</param>
internal sealed record IpvsadmRequest(
    IpvsadmCommand Command, IReadOnlySet<IpvsadmOption> Options, ServiceSelector? Service = null)
{
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
