using Pointsman.Base;

namespace Pointsman.Sim.World;

/// <summary>Something plugged into a segment.</summary>
internal interface ISegmentPort
{
    /// <summary>As the cuts of a segment name it.</summary>
    int Number { get; }

    MacAddress Mac { get; }

    /// <summary>The cable is in and carries.</summary>
    bool HasCarrier { get; }

    /// <summary>Powered: there is somebody a frame can be lost for.</summary>
    bool IsThere { get; }

    void Receive(Frame frame);
}
