using Pointsman.Balance;
using Pointsman.Config.Model;

namespace Pointsman.Engine;

/// <summary>A tunnel in the words of the file, and in those of the data path.</summary>
public static class TunnelWords
{
    public static TunnelKind TunnelOf(LoadBalanceKind kind) =>
        kind.IsGue() ? TunnelKind.Gue : kind.IsGre() ? TunnelKind.Gre : TunnelKind.Ipip;

    public static TunnelChecksum ChecksumOf(LoadBalanceKind kind) => kind switch
    {
        LoadBalanceKind.TunGreCsum or LoadBalanceKind.TunGueCsum => TunnelChecksum.Outer,
        LoadBalanceKind.TunGueRemcsum => TunnelChecksum.Remote,
        _ => TunnelChecksum.None,
    };

    public static LoadBalanceKind KindOf(TunnelKind tunnel, TunnelChecksum checksum) => (tunnel, checksum) switch
    {
        (TunnelKind.Gue, TunnelChecksum.Outer) => LoadBalanceKind.TunGueCsum,
        (TunnelKind.Gue, TunnelChecksum.Remote) => LoadBalanceKind.TunGueRemcsum,
        (TunnelKind.Gue, _) => LoadBalanceKind.TunGue,
        (TunnelKind.Gre, TunnelChecksum.None) => LoadBalanceKind.TunGre,
        (TunnelKind.Gre, _) => LoadBalanceKind.TunGreCsum,
        _ => LoadBalanceKind.Tun,
    };
}
