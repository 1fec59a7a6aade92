using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Bfd.Tests;

/// <summary>Two sessions and a wire between them that can be cut either way; time goes from deadline to deadline.</summary>
internal sealed class TwoNodes
{
    private static readonly TimeSpan Flight = TimeSpan.FromMicroseconds(300);

    private readonly PriorityQueue<(BfdSession To, BfdControlPacket Packet), long> _wire = new();
    private readonly List<BfdAction> _actions = [];

    internal TwoNodes(Func<BfdSessionSettings, BfdSessionSettings>? left = null, Func<BfdSessionSettings, BfdSessionSettings>? right = null, ulong seed = 7)
    {
        Left = Session("10.0.0.1", "10.0.0.2", 11, left, seed);
        Right = Session("10.0.0.2", "10.0.0.1", 22, right, seed + 1);
    }

    internal BfdSession Left { get; }

    internal BfdSession Right { get; }

    internal Instant Now { get; private set; } = Instant.FromSeconds(1000);

    internal bool LeftIsDeaf { get; set; }

    internal bool RightIsDeaf { get; set; }

    /// <summary>Seen on the wire, whether or not it arrived.</summary>
    internal List<(Instant At, string From, BfdControlPacket Packet)> Seen { get; } = [];

    internal List<string> Changes { get; } = [];

    internal TwoNodes Start()
    {
        Left.Start(Now, _actions);
        Run(Left);
        Right.Start(Now, _actions);
        Run(Right);
        return this;
    }

    internal void Advance(TimeSpan time)
    {
        Instant end = Now + time;
        while (true)
        {
            long next = Math.Min(
                _wire.TryPeek(out _, out long arrival) ? arrival : long.MaxValue,
                Math.Min(Left.Deadline?.Nanoseconds ?? long.MaxValue, Right.Deadline?.Nanoseconds ?? long.MaxValue));
            if (next > end.Nanoseconds)
            {
                Now = end;
                return;
            }

            Now = new Instant(Math.Max(next, Now.Nanoseconds));
            if (arrival == next && _wire.TryDequeue(out (BfdSession To, BfdControlPacket Packet) arrived, out _))
            {
                Hear(arrived.To, arrived.Packet);
            }

            Left.OnDeadline(Now, _actions);
            Run(Left);
            Right.OnDeadline(Now, _actions);
            Run(Right);
        }
    }

    /// <summary>Somebody says this to a node.</summary>
    internal BfdDiscardReason? Hear(BfdSession node, in BfdControlPacket packet, int timeToLive = 255)
    {
        BfdDiscardReason? reason = node.OnPacket(Now, packet, timeToLive, _actions);
        Run(node);
        return reason;
    }

    internal void Stop(BfdSession node)
    {
        node.Stop(Now, _actions);
        Run(node);
    }

    private static BfdSession Session(
        string source, string neighbor, uint discriminator, Func<BfdSessionSettings, BfdSessionSettings>? change, ulong seed)
    {
        var settings = new BfdSessionSettings
        {
            Name = source, Source = IpAddress.Parse(source), Neighbor = IpAddress.Parse(neighbor),
        };
        return new BfdSession(change?.Invoke(settings) ?? settings, discriminator, new Prng(seed));
    }

    private void Run(BfdSession node)
    {
        string name = node == Left ? "left" : "right";
        foreach (BfdAction action in _actions)
        {
            if (!action.IsSend)
            {
                Changes.Add($"{name} {action.From} -> {action.To}{(action.Diagnostic == BfdDiagnostic.None ? "" : $" ({action.Diagnostic})")}");
                continue;
            }

            Seen.Add((Now, name, action.Packet));
            if (!(node == Left ? RightIsDeaf : LeftIsDeaf))
            {
                _wire.Enqueue((node == Left ? Right : Left, action.Packet), (Now + Flight).Nanoseconds);
            }
        }

        _actions.Clear();
    }
}
