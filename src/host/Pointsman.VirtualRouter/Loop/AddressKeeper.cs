using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// Puts back what somebody else took from an interface while this node answers for it: clients notice before any machine
/// does. Held against what the kernel really has, after each of its messages; so it does not matter how many were lost. Who
/// takes an address away again and again is fought once a second only.
/// </summary>
internal sealed class AddressKeeper(LinkTable links, ActionRunner runner, EventOutbox outbox)
{
    // A network manager that sets up its interfaces anew takes an address away a few times, not more.
    private const int RestoredAtOnce = 10;

    private static readonly TimeSpan Episode = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(int Instance, IpPrefix Address), Quarrel> _quarrels = [];

    /// <summary>When an address that was not put back at once is looked at again; null: there is none.</summary>
    internal Instant? Deadline { get; private set; }

    /// <summary>How often an address of the instance was put back.</summary>
    internal long Restored(int instance) => _quarrels.Where(pair => pair.Key.Instance == instance).Sum(pair => pair.Value.Restored);

    internal void Reconcile(Instant now, VrrpInstance instance, LinkPort port)
    {
        if (!instance.HoldsAddresses || port.Index == 0)
        {
            return;
        }

        foreach (LinkTable.PlacedAddress placed in links.AddressesOf(instance.Index))
        {
            if (placed.Port == port && !placed.Address.IsUntracked && !port.Has(placed.Address.Prefix.Address))
            {
                Restore(now, instance, placed);
            }
        }
    }

    /// <summary>True when it was due: everything is to be looked at again.</summary>
    internal bool TakeDeadline(Instant now)
    {
        if (!(Deadline <= now))
        {
            return false;
        }

        Deadline = null;
        return true;
    }

    private void Restore(Instant now, VrrpInstance instance, in LinkTable.PlacedAddress placed)
    {
        string what = $"({instance.Settings.Name}) {placed.Address.Prefix.Address} was removed from {placed.Port.Name} by "
            + "another program";
        if (!_quarrels.TryGetValue((instance.Index, placed.Address.Prefix), out Quarrel? quarrel))
        {
            _quarrels.Add((instance.Index, placed.Address.Prefix), quarrel = new Quarrel());
        }

        if (quarrel.IsPut(now))
        {
            Deadline = Instant.Earlier(Deadline, quarrel.Until);
            return;
        }

        try
        {
            if (runner.TryAddAddress(placed))
            {
                runner.Announce(placed, Math.Max(1, instance.Settings.GarpMasterRepeat));
                string often = quarrel.Count(now) ? " again and again: from now on restored once a second" : ", restored";
                if (!quarrel.IsQuiet)
                {
                    outbox.Note(isWarning: true, what + often);
                }
            }
        }
        catch (ErrnoException refused)
        {
            outbox.Note(isWarning: true, $"{what} and cannot be restored: {refused.Message}");
            Deadline = Instant.Earlier(Deadline, now + Pause);
        }
    }

    /// <summary>How often one address was put back of late.</summary>
    private sealed class Quarrel
    {
        private Instant _since;
        private int _count;
        private Instant? _toldAt;

        internal long Restored { get; private set; }

        /// <summary>Not before then.</summary>
        internal Instant? Until { get; private set; }

        /// <summary>It was said that it goes on.</summary>
        internal bool IsQuiet { get; private set; }

        internal bool IsPut(Instant now) => now < Until;

        /// <returns>True when this is the one too many.</returns>
        internal bool Count(Instant now)
        {
            Restored++;
            if (_count == 0 || now - _since > Episode)
            {
                (_since, _count) = (now, 0);
            }

            _count++;
            bool isTooMany = _count >= RestoredAtOnce;
            Until = isTooMany ? now + Pause : null;
            IsQuiet = isTooMany && _toldAt is not null && now - _toldAt < 6 * Episode;
            if (isTooMany && !IsQuiet)
            {
                _toldAt = now;
                return true;
            }

            return false;
        }
    }
}
