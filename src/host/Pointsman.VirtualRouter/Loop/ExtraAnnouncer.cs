using Pointsman.Base;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// <c>garp_extra_if</c>: announces again and again what stands on interfaces that no advert leaves by, so that switches do not
/// forget where their MAC addresses are.
/// </summary>
internal sealed class ExtraAnnouncer(VirtualRouterSettings settings, VrrpRouter router, LinkTable links, ActionRunner runner)
{
    private readonly Instant?[] _nextAt = new Instant?[router.Instances.Length];

    /// <summary>Null: no master has anything to announce so.</summary>
    internal Instant? Deadline { get; private set; }

    internal void Continue(ExtraAnnouncer former)
    {
        foreach (VrrpInstance instance in router.Instances)
        {
            _nextAt[instance.Index] = instance.FormerIndex is { } index ? former._nextAt[index] : null;
        }
    }

    /// <summary>After each turn: who is master may have changed.</summary>
    internal void Serve(Instant now)
    {
        Deadline = null;
        for (int i = 0; i < _nextAt.Length && i < settings.Bindings.Length; i++)
        {
            InstanceBinding binding = settings.Bindings[i];
            if (binding.ExtraAnnouncements == TimeSpan.Zero || !router.Instances[i].HoldsAddresses)
            {
                _nextAt[i] = null;
                continue;
            }

            if (_nextAt[i] <= now)
            {
                Announce(now, i, binding.AnnouncesEverywhere);
                _nextAt[i] = null;
            }

            _nextAt[i] ??= now + binding.ExtraAnnouncements;
            Deadline = Instant.Earlier(Deadline, _nextAt[i]);
        }
    }

    private void Announce(Instant now, int instance, bool everywhere)
    {
        LinkPort sending = links.SendingPortOf(instance, router.Instances[instance].AdvertTargets[0]);
        foreach (LinkTable.PlacedAddress placed in links.AddressesOf(instance))
        {
            if (placed.Port != sending && (everywhere || placed.Port.Parent is not null))
            {
                runner.Announce(now, instance, placed);
            }
        }
    }
}
