using Pointsman.Base;

namespace Pointsman.Wire;

/// <summary>From whom to whom a packet travels: what its IP header says, and what a pseudo header repeats.</summary>
public readonly record struct PacketPath(IpAddress Source, IpAddress Destination)
{
    public IpFamily Family => Source.Family;
}
