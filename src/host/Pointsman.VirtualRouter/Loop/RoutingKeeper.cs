using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// Routes and rules that move with an instance's addresses, and static addresses, routes and rules that stay. Held against
/// the kernel by setting them anew after each of its messages that may be about them: what is there already is well. A route
/// that cannot be set, for its router is not reachable yet, is tried again each second and is no reason to let go of addresses.
/// </summary>
internal sealed class RoutingKeeper : IDisposable
{
    private readonly VirtualRouterSettings _settings;
    private readonly HostChanges _changes;
    private readonly EventOutbox _outbox;
    private readonly RouteClient _routes = new();
    private readonly RoutingClient _routing = new();
    private readonly KeptItem[][] _moving;
    private readonly KeptItem[] _static;
    private readonly HashSet<byte> _protocols;
    private readonly SortedDictionary<string, bool> _groups = new(StringComparer.Ordinal);

    internal RoutingKeeper(VirtualRouterSettings settings, HostChanges changes, EventOutbox outbox)
    {
        _settings = settings;
        _changes = changes;
        _outbox = outbox;
        _moving = [.. settings.Bindings.Select(binding => Items([], binding.Routes, binding.Rules))];
        _static = Items(settings.Static.Addresses, settings.Static.Routes, settings.Static.Rules);
        VirtualRoute[] routes = [.. settings.Bindings.SelectMany(binding => binding.Routes), .. settings.Static.Routes];
        _protocols = [.. routes.Select(route => route.Route.Protocol)];
        bool hasRules = !settings.Static.Rules.IsEmpty || settings.Bindings.Any(binding => !binding.Rules.IsEmpty);
        Topics = (routes.Length > 0 ? NetworkTopics.Routes : NetworkTopics.None)
            | (hasRules ? NetworkTopics.Rules : NetworkTopics.None);
    }

    /// <summary>What must be listened to beside links and addresses.</summary>
    internal NetworkTopics Topics { get; }

    /// <summary>When something that could not be set is tried again; null: nothing is.</summary>
    internal Instant? Deadline { get; private set; }

    /// <summary>Sets what stays, and removes what a role before this one had and this one's settings do not.</summary>
    internal void Begin(Instant now)
    {
        StaticNetwork former = _changes.Static;
        var left = new StaticNetwork
        {
            Addresses = former.Addresses.RemoveAll(_settings.Static.Addresses.Contains),
            Routes = former.Routes.RemoveAll(route => _settings.Static.Routes.Any(kept => kept.Route == route.Route)),
            Rules = former.Rules.RemoveAll(rule => _settings.Static.Rules.Any(kept => kept.Rule == rule.Rule)),
        };
        Remove(Items(left.Addresses, left.Routes, left.Rules), "static ");
        _changes.SetStatic(_settings.Static);
        Ensure(now, _static, "static ");
    }

    /// <summary>
    /// After a role that was killed: removes what its instances may have left and none of these settings has. What an instance
    /// of these has, it removes itself as long as it is not master.
    /// </summary>
    internal void RemoveRemains(StaticNetwork moving)
    {
        StaticNetwork former = _changes.Moving;
        var left = new StaticNetwork
        {
            Addresses = former.Addresses.RemoveAll(address => moving.Addresses.Any(kept => address.IsWhere(kept))
                || _settings.Static.Addresses.Any(kept => address.IsWhere(kept))),
            Routes = former.Routes.RemoveAll(route => moving.Routes.Concat(_settings.Static.Routes).Any(kept => kept.Route == route.Route)),
            Rules = former.Rules.RemoveAll(rule => moving.Rules.Concat(_settings.Static.Rules).Any(kept => kept.Rule == rule.Rule)),
        };
        foreach (KeptItem item in Items(left.Addresses, left.Routes, left.Rules).Reverse())
        {
            if (item.Remove("", _outbox))
            {
                _outbox.Note(isWarning: true, $"removed {item.Text}, which a VRRP process that was killed had left");
            }
        }
    }

    internal void End()
    {
        Remove(_static, "static ");
        _changes.SetStatic(new StaticNetwork());
    }

    /// <summary>The instance is master now.</summary>
    internal void Enter(Instant now, VrrpInstance instance) => Ensure(now, ItemsOf(instance.Index), OwnerOf(instance));

    /// <summary>It is master no more: rules first, then routes.</summary>
    internal void Leave(VrrpInstance instance) => Remove(ItemsOf(instance.Index), OwnerOf(instance));

    /// <summary>Whether a change the kernel told of may be about any of it.</summary>
    internal bool Concerns(NetworkEvent change) => change switch
    {
        NetworkEvent.RoutesChanged routes => routes.RemovedProtocol is { } protocol && _protocols.Contains(protocol),

        // With a link or an address the kernel removes routes without a word.
        NetworkEvent.RuleRemoved or NetworkEvent.Resync or NetworkEvent.LinkChanged or NetworkEvent.LinkRemoved
            or NetworkEvent.AddressAdded or NetworkEvent.AddressRemoved => true,
        _ => false,
    };

    /// <summary>Puts back what is missing.</summary>
    internal void Reconcile(Instant now, VrrpRouter router)
    {
        Deadline = null;
        Ensure(now, _static, "static ");
        foreach (VrrpInstance instance in router.Instances)
        {
            if (instance.HoldsAddresses)
            {
                Enter(now, instance);
            }
        }
    }

    /// <summary>The groups whose wholeness has changed since the last call.</summary>
    internal IEnumerable<(string Group, bool IsWhole)> TakeGroups()
    {
        List<(string, bool)>? changed = null;
        foreach (IGrouping<string?, KeptItem> group in _static.GroupBy(item => item.Group).Where(group => group.Key is not null))
        {
            bool isWhole = group.All(item => item.IsSet);
            if (_groups.GetValueOrDefault(group.Key!, defaultValue: true) != isWhole)
            {
                _groups[group.Key!] = isWhole;
                (changed ??= []).Add((group.Key!, isWhole));
            }
        }

        return changed ?? [];
    }

    public void Dispose()
    {
        _routes.Dispose();
        _routing.Dispose();
    }

    private KeptItem[] ItemsOf(int instance) => instance < _moving.Length ? _moving[instance] : [];

    private static string OwnerOf(VrrpInstance instance) => $"({instance.Settings.Name}) ";

    private void Ensure(Instant now, KeptItem[] items, string owner)
    {
        foreach (KeptItem item in items)
        {
            Deadline = Instant.Earlier(Deadline, item.Ensure(now, owner, _outbox));
        }
    }

    private void Remove(KeptItem[] items, string owner)
    {
        for (int i = items.Length - 1; i >= 0; i--)
        {
            items[i].Remove(owner, _outbox);
        }
    }

    private KeptItem[] Items(
        IEnumerable<VirtualAddress> addresses, IEnumerable<VirtualRoute> routes, IEnumerable<VirtualRule> rules) =>
    [
        .. addresses.Select(address => new KeptItem(
            $"address {address.Prefix} dev {address.Device}",
            address.IsUntracked,
            address.Group,
            () => _routes.TryAddAddress(address.On(RequiredIndexOf(address.Device!))),
            () => IndexOf(address.Device!) is > 0 and int index && _routes.TryDeleteAddress(address.On(index)))),
        .. routes.Select(route => new KeptItem(
            $"route {route.Route}",
            route.IsUntracked,
            route.Group,
            () => _routing.TryAdd(route.Route, IndexOf),
            () => _routing.TryDelete(route.Route, IndexOf))),
        .. rules.Select(rule => new KeptItem(
            $"rule {rule.Rule}",
            rule.IsUntracked,
            rule.Group,
            () => _routing.TryAdd(rule.Rule),
            () => _routing.TryDelete(rule.Rule))),
    ];

    private int IndexOf(string device) => _routes.FindLink(device)?.Index ?? 0;

    private int RequiredIndexOf(string device) =>
        IndexOf(device) is > 0 and int index ? index : throw new ErrnoException($"no interface {device}", Errno.NoDevice);
}
