using Pointsman.Base;

namespace Pointsman.Config.Model;

/// <summary>One thing that clients ask for: an address and a port of a protocol.</summary>
public readonly record struct VirtualTarget(TransportEndpoint Address)
{
    public override string ToString() => Address.ToString();
}
