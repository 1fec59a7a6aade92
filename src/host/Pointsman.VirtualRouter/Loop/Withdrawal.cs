using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Timing;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// Lets go of what the role before held and this one's configuration does not: addresses that an instance has no more,
/// and whole instances, with a farewell, so that another director takes over at once - unless it was silent for so long that
/// another may be master by now.
/// </summary>
internal sealed class Withdrawal(VirtualRouterSettings settings, VrrpRouter router, Firewall firewall, RoleMeans means)
{
    internal void Carry(ImmutableArray<HandOverNote.HeldInstance> held)
    {
        foreach (HandOverNote.HeldInstance instance in held)
        {
            ImmutableArray<VirtualAddress> left = [.. instance.Binding.Addresses.Where(address => !IsHeld(instance, address))];
            bool goesOn = GoesOn(instance);
            var binding = new InstanceBinding
            {
                Addresses = left,
                Routes = instance.Binding.Routes.RemoveAll(route => KeptRoutes.Any(other => other.Route == route.Route)),
                Rules = instance.Binding.Rules.RemoveAll(rule => KeptRules.Any(other => other.Rule == rule.Rule)),
                VirtualMacs = instance.Binding.VirtualMacs,
                IsDeaf = instance.Binding.IsDeaf,
            };
            if (!goesOn || !left.IsEmpty || !binding.Routes.IsEmpty || !binding.Rules.IsEmpty)
            {
                Withdraw(instance, binding, isWhole: !goesOn);
            }
        }
    }

    // What the instances hold that are master here.
    private IEnumerable<InstanceBinding> Kept => router.Instances
        .Where(instance => instance.HoldsAddresses && instance.Index < settings.Bindings.Length)
        .Select(instance => settings.Bindings[instance.Index]);

    // What moves with a mastership may have become what stays.
    private IEnumerable<VirtualRoute> KeptRoutes => Kept.SelectMany(kept => kept.Routes).Concat(settings.Static.Routes);

    private IEnumerable<VirtualRule> KeptRules => Kept.SelectMany(kept => kept.Rules).Concat(settings.Static.Rules);

    // As master: one that had to begin anew (its sync group has changed) has left its place as well.
    private bool GoesOn(HandOverNote.HeldInstance held) =>
        router.Instances.Any(instance => instance.HoldsAddresses && held.Is(instance.Settings));

    private bool IsHeld(HandOverNote.HeldInstance held, VirtualAddress address)
    {
        string device = DeviceOf(held, address);
        return settings.Static.Addresses.Any(kept => kept.Prefix == address.Prefix && kept.Device == device)
            || router.Instances.Any(instance => instance.HoldsAddresses && instance.Index < settings.Bindings.Length
                && settings.Bindings[instance.Index].Addresses.Any(kept =>
                    kept.Prefix == address.Prefix && (kept.Device ?? instance.Settings.Interface) == device));
    }

    private static string DeviceOf(HandOverNote.HeldInstance held, VirtualAddress address) => address.Device ?? held.Settings.Interface;

    // The instance as it was, for the last time: its machine writes the farewell, its runner does the rest.
    private void Withdraw(HandOverNote.HeldInstance held, InstanceBinding left, bool isWhole)
    {
        bool slotIsTaken = held.Binding.LeaseSlot is { } slot && settings.Bindings.Any(binding => binding.LeaseSlot == slot);
        VirtualRouterSettings former = settings with
        {
            Router = new VrrpRouterSettings { Instances = [held.Settings] },
            Bindings =
            [
                left with { LeaseSlot = slotIsTaken ? null : held.Binding.LeaseSlot },
            ],
        };
        var machine = new VrrpRouter(former.Router);
        using var links = new LinkTable(former);
        using var routing = new RoutingKeeper(former, means.HostChanges, means.Outbox);
        using var runner = new ActionRunner(
            former, machine, links, routing, firewall.Of(former, links), means.Leases, means.Deputy, means.Outbox);
        foreach (LinkPort port in links.Ports)
        {
            Open(port, runner);
        }

        machine.SkipSequencesTo(Station.UsedSequences);
        machine.OnSourceAddress(MonotonicClock.NowWithSuspend, 0, held.Source, []);
        string name = held.Settings.Name;
        if (isWhole)
        {
            bool isHeeded = MonotonicClock.NowWithSuspend < held.Until;
            means.Outbox.Note(isWarning: false, $"({name}) is master here no more: {(isHeeded ? "sent 0 priority, " : "")}removing VIPs.");
            if (isHeeded)
            {
                TryDo(runner, name, VrrpAction.SendAdvert(0, priority: 0));
            }

            TryDo(runner, name, VrrpAction.Disarm(0));
        }
        else
        {
            IEnumerable<string> things = left.Addresses.Select(address => $"{address.Prefix.Address}")
                .Concat(left.Routes.Select(route => $"route {route.Route}"))
                .Concat(left.Rules.Select(rule => $"rule {rule.Rule}"));
            means.Outbox.Note(isWarning: false, $"({name}) removing {string.Join(", ", things)}");
        }

        if (!TryDo(runner, name, VrrpAction.RemoveAddresses(0)))
        {
            means.Leftovers.Add(
                MonotonicClock.NowWithSuspend, left.Addresses.Select(address => address with { Device = DeviceOf(held, address) }));
        }
    }

    private bool TryDo(ActionRunner runner, string instance, in VrrpAction action)
    {
        int errno = runner.Try(action);
        if (errno != 0)
        {
            means.Outbox.Note(isWarning: true, $"({instance}) {action.Kind} failed: {ErrnoException.Text(errno)}");
        }

        return errno == 0;
    }

    private void Open(LinkPort port, ActionRunner runner)
    {
        try
        {
            port.Update(runner.Routes.FindLink(port.Name), []);
            if (port.Index != 0)
            {
                port.OpenSockets();
            }
        }
        catch (ErrnoException refused)
        {
            // Without it the others hear nothing, and take over when the silence has lasted.
            means.Outbox.Note(isWarning: true, $"VRRP sockets on {port.Name}: {refused.Message}");
        }
    }
}
