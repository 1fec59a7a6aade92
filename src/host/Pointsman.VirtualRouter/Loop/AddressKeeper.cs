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
                for (int i = 0; i < Math.Max(1, instance.Settings.GarpMasterRepeat); i++)
                {
                    runner.Announce(now, instance.Index, placed);
                }

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
            Deadline = Instant.Earlier(Deadline, now + Quarrel.Pause);
        }
    }
}
