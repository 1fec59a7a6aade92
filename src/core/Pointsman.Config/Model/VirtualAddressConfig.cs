using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary>One line of <c>virtual_ipaddress</c>.</summary>
/// <param name="Prefix">The address; the length is 32 when the line has none.</param>
/// <param name="Device">Null: the instance's interface.</param>
/// <param name="Label">The IPv4 address label (<c>eth0:1</c>), or null.</param>
public sealed record VirtualAddressConfig(IpPrefix Prefix, string? Device, string? Label, SourceSpan Source)
{
    /// <summary>Null: the address is added without a broadcast address.</summary>
    public IpAddress? Broadcast { get; init; }

    /// <summary>The kernel's number of the scope: 0 global, 253 link, 254 host.</summary>
    public byte Scope { get; init; }
}
