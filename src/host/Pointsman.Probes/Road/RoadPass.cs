using Pointsman.Base;

namespace Pointsman.Probes.Road;

/// <summary>What lets a probe take the client's road to one real server.</summary>
/// <param name="Mark">SO_MARK, by which the data path knows it.</param>
/// <param name="InterfaceIndex">By which the server is reached.</param>
/// <param name="OwnMac">Of that interface.</param>
/// <param name="ServerMac">Of the server.</param>
public sealed record RoadPass(uint Mark, int InterfaceIndex, MacAddress OwnMac, MacAddress ServerMac)
{
    /// <summary>This node's address on that interface; null: not known.</summary>
    public IpAddress? OwnAddress { get; init; }

    /// <summary>The most bytes of data in one TCP segment; 0: as the kernel likes.</summary>
    public int SegmentBytes { get; init; }
}
