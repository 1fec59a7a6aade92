using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// Addresses of instances that are no more, which the kernel would not take away: no machine asks for them any longer, so they
/// are tried again here, each second, until they are gone or an instance holds them again.
/// </summary>
/// <param name="remove">From its device; false: it was not there.</param>
internal sealed class Leftovers(EventOutbox outbox, Func<VirtualAddress, bool> remove)
{
    private readonly List<VirtualAddress> _left = [];

    internal Leftovers(EventOutbox outbox)
        : this(outbox, Remove)
    {
    }

    /// <summary>When <see cref="Retry"/> wants to be called; null: nothing is left.</summary>
    internal Instant? Deadline { get; private set; }

    /// <summary>For the next role.</summary>
    internal ImmutableArray<VirtualAddress> All => [.. _left];

    /// <summary>The kernel refused to remove these, or some of them. Each names its device.</summary>
    internal void Add(Instant now, IEnumerable<VirtualAddress> addresses)
    {
        foreach (VirtualAddress address in addresses)
        {
            _left.RemoveAll(address.IsWhere);
            _left.Add(address);
        }

        Deadline = _left.Count == 0 ? null : now + Quarrel.Pause;
    }

    /// <param name="isWanted">Whether this address is to be on the interface of that name after all.</param>
    internal void Retry(Instant now, Func<string, IpPrefix, bool> isWanted)
    {
        _left.RemoveAll(left => isWanted(left.Device!, left.Prefix) || IsGone(left));
        Deadline = _left.Count == 0 ? null : now + Quarrel.Pause;
    }

    private bool IsGone(VirtualAddress address)
    {
        try
        {
            if (remove(address))
            {
                outbox.Note(isWarning: false, $"{address.Prefix.Address} is removed from {address.Device} at last");
            }

            return true;
        }
        catch (ErrnoException)
        {
            return false;       // it was told the first time
        }
    }

    private static bool Remove(VirtualAddress address)
    {
        using var routes = new RouteClient();
        return routes.FindLink(address.Device!)?.Index is { } index && routes.TryDeleteAddress(address.On(index));
    }
}
