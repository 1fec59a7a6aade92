namespace Pointsman.App.Ipvsadm;

/// <summary>Which columns a listing of services has. Of several asked for, the first of these wins.</summary>
internal enum ListingFormat
{
    Stats,
    Rate,
    Thresholds,
    PersistentConnections,
    TunnelInfo,
    Plain,
}
