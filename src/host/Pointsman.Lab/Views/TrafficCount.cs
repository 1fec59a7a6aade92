namespace Pointsman.Lab.Views;

/// <summary>Frames to the virtual IPs since the last reset, as the switch's ports counted them.</summary>
/// <param name="FromClient">Sent by the client.</param>
/// <param name="Asked">Sent by a director in its own name: a check by the clients' road, mostly.</param>
/// <param name="PassedOn">Of those, sent on by another director; two masters do that to each other's checks.</param>
/// <param name="Forwarded">Passed from one director to another, checks too.</param>
/// <param name="Delivered">Handed to each machine, by whomever, but for what a director asks in its own name.</param>
public sealed record TrafficCount(
    long FromClient, long Asked, long PassedOn, IReadOnlyList<ForwardedFrames> Forwarded, IReadOnlyList<DeliveredFrames> Delivered)
{
    public long From(string sender, string receiver) =>
        Forwarded.Single(pair => pair.Sender == sender && pair.Receiver == receiver).Frames;

    /// <summary>Frames this director received from any other director.</summary>
    public long FromDirectorsTo(string receiver) => Forwarded.Where(pair => pair.Receiver == receiver).Sum(pair => pair.Frames);

    /// <summary>Every client's frame to a virtual IP that crossed the wire: a loop shows here first.</summary>
    public long OnTheWire => Delivered.Sum(node => node.Frames);
}

public sealed record ForwardedFrames(string Sender, string Receiver, long Frames);

public sealed record DeliveredFrames(string Node, long Frames);
