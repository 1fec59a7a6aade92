using System.Globalization;

namespace Pointsman.Base.Routing;

/// <summary>One of several ways of a route.</summary>
/// <param name="Weight">Its share of the packets, 1..256.</param>
public sealed record IpRouteHop(IpAddress? Via, string? Device, int Weight = 1, bool OnLink = false, uint? Realms = null)
{
    public override string ToString() => string.Join(' ', new[]
    {
        "nexthop",
        Via is { } via ? $"via {via}" : "",
        Device is null ? "" : $"dev {Device}",
        Weight == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"weight {Weight}"),
        OnLink ? "onlink" : "",
        Realms is { } realms ? string.Create(CultureInfo.InvariantCulture, $"realms {realms >> 16}/{realms & 0xffff}") : "",
    }.Where(words => words.Length > 0));
}
