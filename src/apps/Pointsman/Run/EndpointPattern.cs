using System.Globalization;
using Pointsman.Base;

namespace Pointsman.App.Run;

/// <summary>An address as an operator types it, with a port or without: <c>10.0.0.1</c>, <c>10.0.0.1:80</c>, <c>fd00::1</c>, <c>[fd00::1]:80</c>.</summary>
/// <param name="Port">Null: any.</param>
internal readonly record struct EndpointPattern(IpAddress Address, ushort? Port)
{
    internal static bool TryParse(string text, out EndpointPattern pattern)
    {
        pattern = default;
        if (IpAddress.TryParse(text, out IpAddress alone))
        {
            pattern = new EndpointPattern(alone, null);
            return true;
        }

        int colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return false;
        }

        bool isBracketed = text[0] == '[' && colon > 1 && text[colon - 1] == ']';
        ReadOnlySpan<char> address = isBracketed ? text.AsSpan(1, colon - 2) : text.AsSpan(0, colon);
        bool isParsed = IpAddress.TryParse(address, out IpAddress found) && found.IsV4 != isBracketed;
        pattern = new EndpointPattern(found, port);
        return isParsed;
    }

    internal bool Fits(TransportEndpoint endpoint) => endpoint.Address == Address && (Port is null || Port == endpoint.Port);
}
