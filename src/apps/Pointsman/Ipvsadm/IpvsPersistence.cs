namespace Pointsman.App.Ipvsadm;

/// <param name="PrefixLength">Clients that share this many leading bits count as one.</param>
internal sealed record IpvsPersistence(TimeSpan Timeout, int PrefixLength);
