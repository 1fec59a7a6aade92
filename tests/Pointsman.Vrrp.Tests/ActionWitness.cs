using Pointsman.Base;
using static Pointsman.Vrrp.VrrpActionKind;

namespace Pointsman.Vrrp.Tests;

/// <summary>
/// Follows what a router asks for as an obedient world would, and says what must never be asked: a lease without a word
/// and an address behind it, an address taken while the lease still stands, an announcement of what is not held.
/// </summary>
internal sealed class ActionWitness(VrrpRouter router)
{
    private bool[] _held = new bool[router.Instances.Length];
    private bool[] _armed = new bool[router.Instances.Length];
    private Instant[] _spokeAt = new Instant[router.Instances.Length];
    private TimeSpan[] _pace = new TimeSpan[router.Instances.Length];
    private VrrpRouter _router = router;

    /// <summary>The router goes on as another; what nobody goes on with, the host lets go of.</summary>
    public void MoveTo(VrrpRouter next)
    {
        int[] from = [.. next.Instances.Select(instance => FormerOf(instance.Settings))];
        T[] Move<T>(T[] former) => [.. from.Select(index => index < 0 ? default! : former[index])];
        (_held, _armed, _spokeAt, _pace) = (Move(_held), Move(_armed), Move(_spokeAt), Move(_pace));
        _router = next;
    }

    public void Follow(Instant now, List<VrrpAction> actions)
    {
        for (int i = 0; i < actions.Count; i++)
        {
            Follow(now, actions, i);
        }

        foreach (VrrpInstance instance in _router.Instances)
        {
            Demand(_held[instance.Index] == instance.HoldsAddresses, instance.Index, $"addresses as the state {instance.State} says");
            Demand(_armed[instance.Index] == instance.HoldsAddresses, instance.Index, $"the lease as the state {instance.State} says");
        }
    }

    private void Follow(Instant now, List<VrrpAction> actions, int at)
    {
        VrrpAction action = actions[at];
        int instance = action.Instance;
        switch (action.Kind)
        {
            case SendAdvert:
                bool takesOver = NextOf(actions, at, +1) == AddAddresses && !_held[instance];
                Demand(_held[instance] || takesOver, instance, "only who holds the addresses, or takes them, speaks");
                Demand(takesOver || now - _spokeAt[instance] < 3 * _pace[instance], instance, "who was silent for a lease yields");
                _spokeAt[instance] = now;
                _pace[instance] = _router.Instances[instance].Settings.AdvertInterval;
                break;
            case AddAddresses:
                _held[instance] = true;
                break;
            case Arm:
                Demand(_held[instance], instance, "addresses come before the lease");
                Demand(now == _spokeAt[instance], instance, "a lease rests on a word");
                _armed[instance] = true;
                break;
            case RenewLease:
                Demand(_armed[instance], instance, "what is not granted is not renewed");
                Demand(NextOf(actions, at, -1) == SendAdvert, instance, "a lease is renewed with a word");
                break;
            case AnnounceAddresses:
                Demand(_held[instance] && _armed[instance], instance, "only what is held is announced");
                break;
            case Disarm:
                _armed[instance] = false;
                break;
            case RemoveAddresses:
                Demand(!_armed[instance], instance, "the lease goes before the addresses");
                _held[instance] = false;
                break;
            case LearnPeer:
            case ProbeAddress:
            case AskPeer:
            case Report:
                break;
            case None:
            default:
                Demand(false, instance, "actions have a kind");
                break;
        }
    }

    /// <summary>The deed of the same instance before or after this one.</summary>
    private static VrrpActionKind NextOf(List<VrrpAction> actions, int at, int step)
    {
        for (int i = at + step; i >= 0 && i < actions.Count; i += step)
        {
            if (actions[i].Instance == actions[at].Instance && actions[i].Kind is not (Report or LearnPeer or ProbeAddress or AskPeer))
            {
                return actions[i].Kind;
            }
        }

        return None;
    }

    private int FormerOf(VrrpInstanceSettings settings)
    {
        foreach (VrrpInstance instance in _router.Instances)
        {
            if (instance.Settings.IsSameRouterAs(settings))
            {
                return instance.Index;
            }
        }

        return -1;
    }

    private void Demand(bool holds, int instance, string what)
    {
        if (!holds)
        {
            throw new Xunit.Sdk.XunitException($"{_router.Instances[instance].Settings.Name}: does not hold: {what}");
        }
    }
}
