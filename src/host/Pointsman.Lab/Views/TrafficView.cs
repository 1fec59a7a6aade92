using System.Text.Json;
using Pointsman.Lab.Machines;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Views;

/// <summary>Reads the switch's counters of frames to the virtual IPs.</summary>
public sealed class TrafficView
{
    private readonly RunningLab _lab;

    internal TrafficView(RunningLab lab) => _lab = lab;

    public TrafficCount Read() => Parse(Nft("list"));

    /// <summary>Reads and sets to zero in one step: no frame is lost between two counts.</summary>
    public TrafficCount ReadAndReset() => Parse(Nft("reset"));

    private string Nft(string verb) =>
        _lab.Switch.RunChecked(["nft", "--json", verb, "counters", "table", "netdev", TrafficRules.Table]);

    private TrafficCount Parse(string json)
    {
        using JsonDocument answer = JsonDocument.Parse(json);
        Dictionary<string, long> frames = answer.RootElement.GetProperty("nftables").EnumerateArray()
            .Where(item => item.TryGetProperty("counter", out _))
            .Select(item => item.GetProperty("counter"))
            .ToDictionary(counter => counter.GetProperty("name").GetString()!, counter => counter.GetProperty("packets").GetInt64());
        LabTopology topology = _lab.Topology;
        return new TrafficCount(
            frames[TrafficRules.FromClient],
            frames[TrafficRules.Asked],
            frames[TrafficRules.PassedOn],
            [
                .. from sender in topology.Directors from receiver in topology.Directors
                   where sender != receiver
                   select new ForwardedFrames(sender.Name, receiver.Name, frames[TrafficRules.Forwarded(sender.Name, receiver.Name)]),
            ],
            [.. topology.Nodes.Select(node => new DeliveredFrames(node.Name, frames[TrafficRules.Delivered(node.Name)]))]);
    }
}
