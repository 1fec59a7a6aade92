using Pointsman.Base;

namespace Pointsman.Balance;

/// <summary>What the kernel's tables say of the way to a real server.</summary>
public abstract record Reachability
{
    private Reachability()
    {
    }

    /// <summary>The address is one of this node's own.</summary>
    public sealed record Local : Reachability;

    /// <param name="OnLink">The frame goes to the server itself, not to a router before it.</param>
    public sealed record Via(NextHop NextHop, bool OnLink) : Reachability
    {
        /// <summary>The address the kernel would send from; null when it does not say.</summary>
        public IpAddress? Source { get; init; }

        /// <summary>The largest packet that link takes, in bytes.</summary>
        public int Mtu { get; init; }
    }

    /// <param name="Reason">For the operator: no route, no neighbour on an interface.</param>
    public sealed record Unresolved(string Reason) : Reachability;

    public static Reachability NotAskedYet { get; } = new Unresolved("not looked up yet");
}
