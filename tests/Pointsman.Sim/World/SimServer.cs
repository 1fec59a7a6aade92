using Pointsman.Base;

namespace Pointsman.Sim.World;

/// <summary>A real server that is no director.</summary>
internal sealed class SimServer(Cluster cluster, int number) : ISegmentPort
{
    public int Number => number;

    public MacAddress Mac { get; } = SiteSettings.MacOf(0, number);

    public bool HasCarrier => true;

    public bool IsThere => true;

    public void Receive(Frame frame)
    {
        if (frame is Frame.ToVip packet)
        {
            cluster.Clients.OnAnswer(packet.Flow);
        }
    }
}
