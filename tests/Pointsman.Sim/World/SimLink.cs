using Pointsman.Base;

namespace Pointsman.Sim.World;

/// <summary>A node's interface on a segment.</summary>
internal sealed class SimLink(SimNode node, SimSegment segment, string name, int number) : ISegmentPort
{
    public string Name => name;

    public SimSegment Segment => segment;

    public int Number => node.Index;

    public MacAddress Mac { get; } = SiteSettings.MacOf(number, node.Index);

    public IpAddress Address { get; } = SiteSettings.AddressOf(number, node.Index);

    public IpAddress LinkLocal { get; } = SiteSettings.LinkLocalOf(number, node.Index);

    /// <summary>The interface has its address.</summary>
    public bool HasAddress { get; set; } = true;

    public bool HasCarrier { get; set; } = true;

    public bool IsThere => node.IsPowered;

    public void Receive(Frame frame) => node.Receive(this, frame);

    public void Send(Frame frame) => segment.Send(this, frame);
}
