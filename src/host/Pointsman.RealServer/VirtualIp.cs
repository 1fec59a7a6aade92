using System.Diagnostics.CodeAnalysis;
using Pointsman.Base;

namespace Pointsman.RealServer;

/// <summary>Reads the virtual IP of a command line.</summary>
public static class VirtualIp
{
    private const uint LoopbackNetwork = 127;
    private const uint LowestClassE = 240;

    /// <returns>False: <paramref name="complaint"/> says what is wrong with it.</returns>
    public static bool TryParse(string text, out IpAddress address, [NotNullWhen(false)] out string? complaint)
    {
        complaint = null;
        if (!IpAddress.TryParse(text, out address))
        {
            complaint = text.Contains('/', StringComparison.Ordinal)
                ? $"'{text}' is not an address: leave the prefix length out, a real server binds the one address (/32)"
                : $"'{text}' is not an IPv4 address";
        }
        else if (!address.IsV4)
        {
            complaint = $"'{text}' is IPv6, which is not supported yet";
        }
        else if (address.IsMulticast || address.V4Bits >> 24 is 0 or LoopbackNetwork or >= LowestClassE)
        {
            complaint = $"'{text}' cannot be a virtual IP: no client reaches it";
        }

        return complaint is null;
    }
}
