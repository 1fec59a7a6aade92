using Pointsman.Base;

namespace Pointsman.Vrrp.Rivals;

/// <summary>
/// When an instance asks who answers for its addresses: by ARP (RFC 5227 §1.1: a probe, which changes nobody's cache), over
/// IPv6 by neighbour solicitation (RFC 4861 §7.2.2, in the node's own name: the answer reaches nobody else's cache). A
/// backup asks in the middle of its skew time: the lease of a master that died is over by then, so that it answers no more,
/// and the answers are there when the backup decides - its takeover waits for nothing. A master asks for one address after
/// the other, now and then.
/// </summary>
internal sealed class RivalProbing(VrrpInstance instance)
{
    // The answers for these many addresses say enough; a takeover is no moment for hundreds of questions.
    private const int AddressesAtOnce = 8;

    // After taking over: when the former master, if it hears us, has let go.
    private static readonly TimeSpan FirstAsMaster = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ShortestDistance = TimeSpan.FromSeconds(1);

    private int _next;

    /// <summary>When it wants to ask; null: not before something happens.</summary>
    public Instant? Deadline { get; private set; }

    /// <summary>When the silence was last asked about; null: there is none, or nothing was asked.</summary>
    public Instant? AskedAt { get; private set; }

    private TimeSpan Distance => instance.Settings.RivalProbeInterval;

    private bool IsOff => Distance == TimeSpan.Zero || instance.Settings.VirtualAddresses.IsEmpty;

    /// <summary>A backup whose master spoke, or that has just become one.</summary>
    public void BeginWatch(Instant now)
    {
        AskedAt = null;
        Deadline = IsOff ? null : now + (instance.MasterDownTime - (instance.SkewTime / 2));
    }

    public void BeginMastership(Instant now)
    {
        AskedAt = null;
        Deadline = IsOff ? null : now + (Distance < FirstAsMaster ? Distance : FirstAsMaster);
    }

    /// <summary>What was asked, and when the next question is, goes on.</summary>
    /// <returns>False when it did not ask before and is to now, or the other way round: it begins anew.</returns>
    public bool Continue(RivalProbing former)
    {
        if (IsOff || former.IsOff)
        {
            return IsOff && former.IsOff;
        }

        (Deadline, AskedAt) = (former.Deadline, former.AskedAt);
        _next = former._next % instance.Settings.VirtualAddresses.Length;
        return true;
    }

    /// <summary>Nothing to ask: it is out, or was told that the master leaves.</summary>
    public void Stop()
    {
        AskedAt = null;
        Deadline = null;
    }

    /// <summary>Something smells of another master: ask soon.</summary>
    public void Hasten(Instant now)
    {
        Instant soonest = AskedAt is { } asked && now - asked < ShortestDistance ? asked + ShortestDistance : now;
        if (Deadline > soonest)
        {
            Deadline = soonest;
        }
    }

    public void AskForAll(Instant now, List<VrrpAction> actions)
    {
        AskedAt = now;
        Deadline = null;
        for (int i = 0; i < Math.Min(AddressesAtOnce, instance.Settings.VirtualAddresses.Length); i++)
        {
            Ask(instance.Settings.VirtualAddresses[i], actions);
        }
    }

    public void AskForNext(Instant now, List<VrrpAction> actions)
    {
        AskedAt = now;
        Deadline = now + Distance;
        Ask(instance.Settings.VirtualAddresses[_next], actions);
        _next = (_next + 1) % instance.Settings.VirtualAddresses.Length;
    }

    private void Ask(IpAddress address, List<VrrpAction> actions)
    {
        instance.Counters.RivalProbesSent++;
        actions.Add(VrrpAction.ProbeAddress(instance.Index, address));
    }
}
