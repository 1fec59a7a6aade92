using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.App.Ipvsadm;

/// <summary>
/// Reads <c>HOST[:PORT]</c>, <c>[V6]:PORT</c> and bare IPv6 as ipvsadm does: shorthand (<c>10.1</c>), host names (IPv4)
/// and names of ports are fine; no port is port 0.
/// </summary>
internal sealed class ServiceAddressParser(Func<string, IpAddress?> hosts, ServiceNames services)
{
    /// <summary>Asks nobody for names.</summary>
    internal static ServiceAddressParser Numeric { get; } = new(_ => null, ServiceNames.Parse(""));

    internal ServiceSelector? ParseAddress(TransportProtocol protocol, string text)
    {
        (string host, string port) = Split(text);
        IpAddress? address = host.StartsWith('[') && host.EndsWith(']') ? ParseV6(host[1..^1])
            : host.Contains(':', StringComparison.Ordinal) ? ParseV6(host)
            : ParseV4(host);
        return address is IpAddress found && ParsePort(port, protocol) is ushort number
            ? new ServiceSelector.ByAddress(new ServiceKey(protocol, new TransportEndpoint(found, number)))
            : null;
    }

    // Brackets promise a port; without them several colons are one IPv6 address.
    private static (string Host, string Port) Split(string text)
    {
        int colon = text.LastIndexOf(':');
        bool hasPort = colon >= 0 && (text.StartsWith('[') || text.IndexOf(':', StringComparison.Ordinal) == colon);
        return hasPort ? (text[..colon], text[(colon + 1)..]) : (text, "0");
    }

    /// <summary>Decimal, above zero.</summary>
    internal static ServiceSelector? ParseMark(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint mark) && mark != 0
            ? new ServiceSelector.ByMark(mark)
            : null;

    private static IpAddress? ParseV6(string text) =>
        IpAddress.TryParse(text, out IpAddress address) && !address.IsV4 ? address : null;

    // A bare number is a legal address to inet_aton, but is always a forgotten host: "-t 80".
    private IpAddress? ParseV4(string text)
    {
        if (text.Contains('.', StringComparison.Ordinal) && IPAddress.TryParse(text, out IPAddress? address)
            && address.AddressFamily == AddressFamily.InterNetwork)
        {
            return IpAddress.FromBytes(address.GetAddressBytes());
        }

        return text.Length == 0 || text.All(char.IsAsciiDigit) ? null : hosts(text);
    }

    private ushort? ParsePort(string text, TransportProtocol protocol) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? port
            : services.PortOf(text, protocol);
}
