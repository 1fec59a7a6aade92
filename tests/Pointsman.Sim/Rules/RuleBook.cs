using Pointsman.Sim.World;
using Pointsman.Vrrp;

namespace Pointsman.Sim.Rules;

/// <summary>All rules.</summary>
internal sealed class RuleBook(Cluster cluster)
{
    private readonly Rule[] _rules =
    [
        new OneMasterOnASoundSegment(cluster),
        new AddressesFollowTheState(cluster),
        new LeaseIsHeldOnce(cluster),
        new LeaseEndsWithTheWord(cluster),
        new BalancesWithTheLease(cluster),
        new BalancedOnce(cluster),
        new YieldsBeforeItSpeaks(cluster),
        new SettlesOnOneMaster(cluster),
        new SilenceEnds(cluster),
        new SplitIsSeen(cluster),
        new StrangersMoveNothing(cluster),
        new GroupMovesTogether(cluster),
        new ReloadKeepsMastership(cluster),
        new SpeaksWhileHeldUp(cluster),
    ];

    /// <summary>False: nobody watches, to see what becomes of a node that breaks a rule.</summary>
    public bool Watch { get; set; } = true;

    public void AfterEvent()
    {
        if (!Watch)
        {
            return;
        }

        foreach (Rule rule in _rules)
        {
            rule.AfterEvent();
        }
    }

    public void OnAdvertSent(SimNode node, VrrpInstance instance, byte priority)
    {
        if (!Watch)
        {
            return;
        }

        foreach (Rule rule in _rules)
        {
            rule.OnAdvertSent(node, instance, priority);
        }
    }

    public void OnAnnounced(SimNode node, VrrpInstance instance)
    {
        if (!Watch)
        {
            return;
        }

        foreach (Rule rule in _rules)
        {
            rule.OnAnnounced(node, instance);
        }
    }

    public void OnBalanced(SimNode node, Frame.ToVip packet)
    {
        foreach (Rule rule in _rules)
        {
            rule.OnBalanced(node, packet);
        }
    }

    public void OnAnnouncementHeard(SimNode node)
    {
        foreach (Rule rule in _rules)
        {
            rule.OnAnnouncementHeard(node);
        }
    }

    public void OnRoleStarted(SimNode node, ReadOnlySpan<bool> wasMaster)
    {
        foreach (Rule rule in _rules)
        {
            rule.OnRoleStarted(node, wasMaster);
        }
    }

    public void OnReconfigured(SimNode node, ReadOnlySpan<bool> wasMaster)
    {
        foreach (Rule rule in _rules)
        {
            rule.OnReconfigured(node, wasMaster);
        }
    }

    public void WhenSettled()
    {
        foreach (Rule rule in _rules)
        {
            rule.WhenSettled();
        }
    }
}
