using System.Globalization;
using Pointsman.Base;

namespace Pointsman.App.Ipvsadm;

/// <param name="PrefixLength">Clients that share this many leading bits count as one.</param>
internal sealed record IpvsPersistence(TimeSpan Timeout, int PrefixLength)
{
    /// <summary>Of these, the bits of IPv4 that do not count all the same.</summary>
    internal uint Gaps { get; init; }

    /// <summary>What IPVS keeps, and ipvsadm prints: a mask for IPv4, a prefix length for IPv6; null: each client by itself.</summary>
    internal string? Mask(IpAddress service) =>
        PrefixLength == service.LengthBits && Gaps == 0 ? null
        : service.IsV4 ? new V4Mask(PrefixLength, Gaps).ToString()
        : PrefixLength.ToString(CultureInfo.InvariantCulture);
}
