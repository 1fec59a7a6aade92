namespace Pointsman.Bfd;

/// <summary>Why a packet that could be read was not believed.</summary>
public enum BfdDiscardReason
{
    /// <summary>It came over more routers than it may.</summary>
    Hops,

    /// <summary>It names a session of ours that there is not.</summary>
    Discriminator,

    /// <summary>Up or Init, yet it names no session of ours (RFC 5880 §6.8.6).</summary>
    State,

    /// <summary>The neighbour asks for demand mode, in which nobody would notice the loss of the path.</summary>
    Demand,

    /// <summary>Poll and Final together.</summary>
    PollAndFinal,
}
