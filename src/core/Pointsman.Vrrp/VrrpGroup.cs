using Pointsman.Base;

namespace Pointsman.Vrrp;

/// <summary>
/// Instances that change state together. An instance in no sync group is alone in a group without a name, so that there
/// is one set of rules.
/// </summary>
internal sealed class VrrpGroup
{
    private readonly int? _index;
    private readonly string? _name;
    private readonly VrrpInstance[] _members;
    private bool _handsOver;
    private VrrpState _told = VrrpState.Initialize;

    /// <param name="index">Index of the sync group; null for a lone instance.</param>
    /// <param name="name">Null for a lone instance.</param>
    /// <param name="members">In the order of the configuration, which is the order they change in.</param>
    public VrrpGroup(int? index, string? name, VrrpInstance[] members)
    {
        _index = index;
        _name = name;
        _members = members;
        foreach (VrrpInstance member in members)
        {
            member.Join(this);
        }
    }

    public VrrpOrder Order { get; private set; }

    private bool Rests => Order is VrrpOrder.Rest or VrrpOrder.RestUnserved;

    /// <summary>
    /// Tells when the group as a whole is in another state: once after each input, for a change moves the members one by
    /// one.
    /// </summary>
    public void TellState(List<VrrpAction> actions)
    {
        if (_index is not { } index || _members.Length == 0 || CommonState() is not { } state || state == _told)
        {
            return;
        }

        // Where an ordered farewell leads to is not known before it is over.
        if (state == VrrpState.Leaving && _handsOver)
        {
            return;
        }

        Report(
            new VrrpEvent(VrrpEventKind.GroupStateChanged, _members[0].Index)
            {
                Group = index, From = _told, To = state, Subject = _name,
            },
            actions);
        _told = state;
    }

    /// <summary>Its members may come from several groups: an order to stay out holds for all of them.</summary>
    public void Continue()
    {
        foreach (VrrpInstance member in _members)
        {
            if (member.FormerGroup is not { } former)
            {
                continue;
            }

            _handsOver |= former._handsOver;
            if (Order == VrrpOrder.None || former.Rests)
            {
                Order = former.Order;
            }

            _told = former._name == _name ? former._told : _told;
        }
    }

    /// <summary>After other settings: new members, and members of other groups before, come to stand where the others are.</summary>
    public void Settle(Instant now, List<VrrpAction> actions)
    {
        bool isOut = true;
        bool hasNew = false;
        bool isHeld = true;
        bool isAlike = true;
        bool isFaulty = false;
        foreach (VrrpInstance member in _members)
        {
            isOut &= member.State == VrrpState.Initialize;
            hasNew |= member.FormerIndex is null;
            isHeld &= member.State is VrrpState.Master or VrrpState.Initialize;
            isAlike &= member.State == _members[0].State;
            isFaulty |= member.IsFaulty || (Rests && !_handsOver);
        }

        if (isOut && hasNew)
        {
            Start(now, [], actions);
            return;
        }

        if (isAlike || isFaulty)
        {
            Reconsider(now, actions);
            return;
        }

        foreach (VrrpInstance member in _members)
        {
            bool isNew = member.State == VrrpState.Initialize;
            if (isNew)
            {
                member.Changes.ClearLeftovers(actions);
                member.AssumeUnknownScriptsUp(now, actions);
            }

            if (isNew && isHeld)
            {
                member.Changes.BecomeMaster(now, BecauseOfGroup(member), actions);
            }
            else if (!isHeld && member.State != VrrpState.Backup)
            {
                if (member.State == VrrpState.Master)
                {
                    // Nobody else knows that it lets go: without this word they would wait until its silence has lasted.
                    member.SendAdvert(now, priority: 0, actions);
                }

                member.Changes.BecomeBackup(now, BecauseOfGroup(member), actions);
            }
        }

        _handsOver = false;
        Reconsider(now, actions);
    }

    /// <summary>Before it starts: an order to a former run. Where its members were given several, one to stay out holds for all of them.</summary>
    public void StandUnder(VrrpOrder order)
    {
        if (!Rests)
        {
            Order = order;
        }
    }

    /// <summary>Starts all members: as masters at once if all of them resume, else by election.</summary>
    public void Start(Instant now, ReadOnlySpan<bool> resume, List<VrrpAction> actions)
    {
        bool resumes = true;
        bool isFaulty = false;
        foreach (VrrpInstance member in _members)
        {
            member.RefreshPriority(now, actions);
            resumes &= member.Index < resume.Length && resume[member.Index];
            isFaulty |= member.IsFaulty;
        }

        if (resumes && !isFaulty)
        {
            foreach (VrrpInstance member in _members)
            {
                member.AssumeUnknownScriptsUp(now, actions);
                member.Changes.BecomeMaster(now, member.Because(VrrpReason.Resumed), actions);
            }

            // The former run was handing over, and nobody has taken over yet.
            Obey(now, Order == VrrpOrder.TakeOver ? VrrpOrder.None : Order, actions);
            return;
        }

        foreach (VrrpInstance member in _members)
        {
            member.Changes.ClearLeftovers(actions);
            if (member.AwaitedScript is { } script)
            {
                Report(new VrrpEvent(VrrpEventKind.WaitingForScript, member.Index) { Subject = script }, actions);
            }
        }

        Reconsider(now, actions);
    }

    /// <summary>Looks at the members' fitness anew, after something they track has changed.</summary>
    public void Reconsider(Instant now, List<VrrpAction> actions)
    {
        bool isFaulty = false;
        bool isWaiting = false;
        bool isOut = false;
        foreach (VrrpInstance member in _members)
        {
            isFaulty |= member.IsFaulty || (Rests && !_handsOver);
            isWaiting |= member.AwaitedScript is not null;
            isOut |= member.State is VrrpState.Initialize or VrrpState.Fault;
        }

        if (isFaulty)
        {
            BecomeFault(now, actions);
        }
        else if (isOut && !isWaiting)
        {
            Enter(now, actions);
        }
    }

    /// <summary>A member's time as backup is out: all become master when the last one wants it.</summary>
    public void OnWish(Instant now, VrrpInstance member, List<VrrpAction> actions)
    {
        foreach (VrrpInstance other in _members)
        {
            if (!other.WantsMaster)
            {
                return;
            }
        }

        // An order to stand aside or to take over is about the next master; here it is.
        VrrpReason reason = Order == VrrpOrder.TakeOver ? VrrpReason.TakingOver : VrrpReason.AdvertTimeout;
        Order = VrrpOrder.None;
        ReportSyncing(member, VrrpState.Master, actions);
        foreach (VrrpInstance other in _members)
        {
            other.Changes.BecomeMaster(now, other.Because(reason), actions);
        }
    }

    /// <summary>A member has heard a better master: the others go with it.</summary>
    public void OnConceded(Instant now, VrrpInstance member, List<VrrpAction> actions)
    {
        ReportSyncing(member, VrrpState.Backup, actions);
        foreach (VrrpInstance other in _members)
        {
            if (other.State == VrrpState.Master)
            {
                other.Changes.BecomeBackup(now, BecauseOfGroup(other), actions);
            }
        }
    }

    /// <summary>Before anything else is done: a master that slept too long gives up its place unsaid.</summary>
    public void YieldIfOverslept(Instant now, List<VrrpAction> actions)
    {
        foreach (VrrpInstance member in _members)
        {
            if (member.IsOverslept(now))
            {
                VrrpEvent cause = member.Because(VrrpReason.Overslept) with { Duration = member.SilentFor(now) };
                member.Changes.BecomeBackup(now, cause, actions);
                OnConceded(now, member, actions);
                return;
            }
        }
    }

    public void WinBackAll(Instant now, List<VrrpAction> actions)
    {
        foreach (VrrpInstance member in _members)
        {
            if (member.State == VrrpState.Master)
            {
                member.WinBack(now, actions);
            }
        }
    }

    /// <summary>Before a member concedes, and the others with it.</summary>
    public void SayLastWords(Instant now, List<VrrpAction> actions)
    {
        foreach (VrrpInstance member in _members)
        {
            member.SayLastWord(now, actions);
        }
    }

    // ---- an operator's orders

    public void Obey(Instant now, VrrpOrder order, List<VrrpAction> actions)
    {
        Order = order;
        bool sendsAway = order is VrrpOrder.StandAside or VrrpOrder.Rest or VrrpOrder.RestUnserved;
        foreach (VrrpInstance member in _members)
        {
            if (sendsAway && member.State == VrrpState.Master)
            {
                _handsOver = true;
                member.Changes.BecomeLeaving(now, member.Because(VrrpReason.HandingOver), actions);
            }
            else if (order == VrrpOrder.TakeOver && member.FollowsLowerMaster)
            {
                member.WishForMaster(now, actions);
            }
        }

        Reconsider(now, actions);
    }

    /// <summary>A leaving member heard a master: the group need not serve any longer.</summary>
    public void OnSuccessor(Instant now, VrrpInstance member, VrrpEvent heard, List<VrrpAction> actions)
    {
        if (!_handsOver)
        {
            member.Changes.BecomeInitialize(now, heard, actions);
            return;
        }

        _handsOver = false;
        foreach (VrrpInstance other in _members)
        {
            if (other.State == VrrpState.Leaving)
            {
                VrrpEvent cause = other.Because(VrrpReason.HandedOver) with { Source = heard.Source, Theirs = heard.Theirs };
                other.Changes.BecomeBackup(now, cause, actions);
            }
        }

        Reconsider(now, actions);
    }

    /// <summary>Nobody stood up in the time that any successor may need.</summary>
    public void OnFarewellOver(Instant now, VrrpInstance member, List<VrrpAction> actions)
    {
        if (!_handsOver)
        {
            member.Changes.BecomeInitialize(now, member.Because(VrrpReason.FarewellOver), actions);
            return;
        }

        _handsOver = false;
        if (Order == VrrpOrder.RestUnserved)
        {
            Reconsider(now, actions);
            return;
        }

        // Who slept through the farewell has not heard whether there is a successor.
        Order = VrrpOrder.None;
        bool overslept = Array.Exists(_members, other => other.HasFallenSilent(now));
        foreach (VrrpInstance other in _members)
        {
            if (other.State != VrrpState.Leaving)
            {
                continue;
            }

            if (overslept)
            {
                other.Changes.BecomeBackup(now, other.Because(VrrpReason.Overslept) with { Duration = other.SilentFor(now) }, actions);
            }
            else
            {
                other.Changes.BecomeMaster(now, other.Because(VrrpReason.NoSuccessor), actions);
            }
        }
    }

    /// <summary>A planned stop; the second one does not wait for the first one's farewell.</summary>
    public void Stop(Instant now, List<VrrpAction> actions)
    {
        bool isFarewellOrdered = _handsOver;
        _handsOver = false;
        foreach (VrrpInstance member in _members)
        {
            if (member.State == VrrpState.Master)
            {
                member.Changes.BecomeLeaving(now, member.Because(VrrpReason.Stopping), actions);
            }
            else if (member.State == VrrpState.Leaving && isFarewellOrdered)
            {
                // The farewell that was ordered serves for the stop as well.
            }
            else if (member.State != VrrpState.Initialize)
            {
                member.Changes.BecomeInitialize(now, member.Because(VrrpReason.Stopping), actions);
            }
        }
    }

    /// <summary>While stopping, a member that became unfit releases at once.</summary>
    public void ReleaseUnfit(Instant now, List<VrrpAction> actions)
    {
        foreach (VrrpInstance member in _members)
        {
            if (member.State == VrrpState.Leaving && member.IsFaulty)
            {
                member.Changes.BecomeInitialize(now, member.BecauseOfFault(), actions);
            }
        }
    }

    private void Enter(Instant now, List<VrrpAction> actions)
    {
        bool areOwners = true;
        foreach (VrrpInstance member in _members)
        {
            areOwners &= member.IsOwnerFromStart && !(now < member.DelayedUntil);
        }

        foreach (VrrpInstance member in _members)
        {
            Invariant.That(
                member.State is VrrpState.Initialize or VrrpState.Fault, "a group is out with all of its members");
            if (areOwners && Order != VrrpOrder.StandAside)
            {
                member.Changes.BecomeMaster(now, member.Because(VrrpReason.AddressOwner), actions);
            }
            else
            {
                VrrpReason reason = member.State == VrrpState.Fault ? VrrpReason.FaultCleared : VrrpReason.Started;
                member.Changes.BecomeBackup(now, member.Because(reason), actions);
            }
        }
    }

    private void BecomeFault(Instant now, List<VrrpAction> actions)
    {
        _handsOver = false;
        VrrpInstance? first = null;
        foreach (VrrpInstance member in _members)
        {
            if ((member.IsFaulty || Rests) && member.State != VrrpState.Fault)
            {
                first ??= member;
                VrrpEvent cause = member.IsFaulty ? member.BecauseOfFault() : member.Because(VrrpReason.Maintenance);
                member.Changes.BecomeFault(now, cause, actions);
            }
        }

        if (CommonState() == VrrpState.Fault && first is null)
        {
            return;
        }

        // A member that is new, of a group that was at fault before it came, goes where the others are.
        ReportSyncing(first ?? Array.Find(_members, static member => member.State == VrrpState.Fault)!, VrrpState.Fault, actions);
        foreach (VrrpInstance member in _members)
        {
            if (member.State != VrrpState.Fault)
            {
                member.Changes.BecomeFault(now, BecauseOfGroup(member), actions);
            }
        }
    }

    private VrrpState? CommonState()
    {
        VrrpState state = _members[0].State;
        foreach (VrrpInstance member in _members)
        {
            if (member.State != state)
            {
                return null;
            }
        }

        return state;
    }

    private VrrpEvent BecauseOfGroup(VrrpInstance member) => member.Because(VrrpReason.SyncGroup) with { Subject = _name };

    private void ReportSyncing(VrrpInstance leader, VrrpState to, List<VrrpAction> actions)
    {
        if (_index is { } index)
        {
            Report(
                new VrrpEvent(VrrpEventKind.GroupSyncing, leader.Index) { Group = index, To = to, Subject = _name }, actions);
        }
    }

    private static void Report(VrrpEvent happened, List<VrrpAction> actions) => actions.Add(VrrpAction.Report(happened));
}
