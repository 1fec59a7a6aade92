using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Vrrp;

/// <summary>Another director, as an instance heard it last.</summary>
/// <param name="Mac">Default where the link does not tell.</param>
public readonly record struct VrrpPeer(
    IpAddress Address, MacAddress Mac, byte Priority, Instant HeardAt, VrrpChecksumForm ChecksumForm);
