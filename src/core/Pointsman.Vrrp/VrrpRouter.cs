using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Vrrp;

// All VRRP instances of a node. One thread owns it. Every input takes the time and a list it appends ordered actions to;
// the caller carries the actions out in that order, clears and reuses the list, reads Deadline, and calls OnDeadline when
// it has come. In steady state nothing is allocated.
//
// The caller reads its sockets dry before it calls OnDeadline: an advert that waits to be read must not lose against the
// timer it would reset. Links count as up until told otherwise; an instance without a source address is at fault. Both may
// be told before Start.
//
// Every input first lets masters that overslept step down, so that no input can make such a node speak.

/// <summary>The VRRP instances of a node, joined by their sync groups.</summary>
public sealed class VrrpRouter
{
    private readonly VrrpGroup[] _groups;
    private readonly VrrpGroup[] _groupOf;
    private readonly LinkDamping _damping;
    private bool _isSettling;

    public VrrpRouter(VrrpRouterSettings settings)
    {
        Settings = settings;
        var instances = new VrrpInstance[settings.Instances.Length];
        for (int i = 0; i < instances.Length; i++)
        {
            // keepalived: a member's weights are ignored, for the group would be torn between priorities.
            VrrpSyncGroupSettings? group = settings.SyncGroups.FirstOrDefault(
                group => group.Members.Contains(settings.Instances[i].Name));
            instances[i] = new VrrpInstance(i, settings.Instances[i], weightsCount: group is null or { WeightsCount: true });
        }

        _damping = new LinkDamping(settings.LinkDelays);

        Instances = [.. instances];
        _groupOf = new VrrpGroup[instances.Length];
        _groups = [.. MakeGroups()];
    }

    /// <summary>
    /// Goes on where a router with other settings was; that one is not called any more. An instance that is the same router
    /// on the wire keeps state, times and counters. The others begin, or are not here: to let go of what those held is the
    /// caller's affair, who knows where it is. Until <see cref="Settle"/> the caller tells links and source addresses, and
    /// nothing comes of it.
    /// </summary>
    public VrrpRouter(VrrpRouterSettings settings, VrrpRouter former, Instant now)
        : this(settings)
    {
        Invariant.That(former.IsStarted, "what goes on is running");
        IsStarted = true;
        _isSettling = true;
        _damping.Continue(former._damping);
        var taken = new HashSet<VrrpInstance>();
        foreach (VrrpInstance instance in Instances)
        {
            if (former.FindSame(instance.Settings, taken) is { } same)
            {
                taken.Add(same);
                instance.Continue(now, same);
            }
        }

        foreach (VrrpGroup group in _groups)
        {
            group.Continue();
        }
    }

    public VrrpRouterSettings Settings { get; }

    public ImmutableArray<VrrpInstance> Instances { get; }

    /// <summary>The settings are new, and <see cref="Settle"/> was not called yet.</summary>
    public bool IsSettling => _isSettling;

    /// <summary>Between <see cref="Start"/> and <see cref="Stop"/>.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>Nothing is held or awaited any more: the process may end.</summary>
    public bool IsStopped
    {
        get
        {
            if (IsStarted)
            {
                return false;
            }

            foreach (VrrpInstance instance in Instances)
            {
                if (instance.State != VrrpState.Initialize)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>When <see cref="OnDeadline"/> wants to be called next; null: not before another input.</summary>
    public Instant? Deadline
    {
        get
        {
            Instant? earliest = _damping.Deadline;
            foreach (VrrpInstance instance in Instances)
            {
                earliest = Instant.Earlier(earliest, instance.Deadline);
            }

            return earliest;
        }
    }

    /// <summary>
    /// The instance a packet that came in on this interface is for. Unicast instances may share a router id when their
    /// addresses differ; what fits none of them is the first one's to refuse.
    /// </summary>
    public bool TryFindInstance(string interfaceName, in VrrpPacket packet, out int index)
    {
        VrrpAdvert.TryPeekVirtualRouterId(packet.Message, out byte virtualRouterId);
        index = -1;
        foreach (VrrpInstance instance in Instances)
        {
            VrrpInstanceSettings settings = instance.Settings;
            if (settings.VirtualRouterId != virtualRouterId || settings.Interface != interfaceName
                || settings.Family != packet.Path.Family)
            {
                continue;
            }

            if (instance.Addresses(packet.Path))
            {
                index = instance.Index;
                return true;
            }

            index = index < 0 ? instance.Index : index;
        }

        return index >= 0;
    }

    /// <summary>
    /// Sequence numbers of authenticated adverts up to this one are taken for used. Seconds of a wall clock let a
    /// restarted node be believed again at once.
    /// </summary>
    public void SkipSequencesTo(uint used)
    {
        foreach (VrrpInstance instance in Instances)
        {
            instance.SkipSequenceTo(used);
        }
    }

    /// <summary>Before <see cref="Start"/>: an operator's order to a former run that has not ended. The election begins under it.</summary>
    public void StandUnder(int instance, VrrpOrder order)
    {
        Invariant.That(!IsStarted, "who runs is given orders");
        _groupOf[instance].StandUnder(order);
    }

    /// <summary>Begins the election.</summary>
    /// <param name="resume">
    /// By instance: whether its ownership lease, granted to a former run of this daemon, has not expired. Such an instance
    /// is master at once; in a sync group, if all members are. Empty: none.
    /// </param>
    /// <param name="isContinued">It goes on from a former run: what holds for the start is over.</param>
    public void Start(Instant now, ReadOnlySpan<bool> resume, List<VrrpAction> actions, bool isContinued = false)
    {
        Invariant.That(IsStopped, "what is started is not running");
        IsStarted = true;
        foreach (VrrpInstance instance in Instances)
        {
            instance.DelayedUntil = isContinued ? null : now + Settings.StartupDelay;
        }

        foreach (VrrpGroup group in _groups)
        {
            group.Start(now, resume, actions);
        }

        TellGroups(actions);
    }

    /// <summary>After <see cref="VrrpRouter(VrrpRouterSettings, VrrpRouter, Instant)"/>: what the settings have changed takes effect.</summary>
    /// <param name="isPlacedAnew">By instance: what it holds as master stands elsewhere, is more, or has another lease.</param>
    public void Settle(Instant now, ReadOnlySpan<bool> isPlacedAnew, List<VrrpAction> actions)
    {
        Invariant.That(_isSettling, "it settles once");
        _isSettling = false;
        Wake(now, actions);
        foreach (VrrpInstance instance in Instances)
        {
            instance.GoOn(now, instance.Index < isPlacedAnew.Length && isPlacedAnew[instance.Index], actions);
        }

        foreach (VrrpGroup group in _groups)
        {
            group.Settle(now, actions);
        }

        TellGroups(actions);
    }

    /// <summary>
    /// Begins a planned stop: masters say farewell and serve on until a successor speaks or had its time. Go on calling
    /// until <see cref="IsStopped"/>. A second call releases at once.
    /// </summary>
    public void Stop(Instant now, List<VrrpAction> actions)
    {
        Wake(now, actions);
        IsStarted = false;
        foreach (VrrpGroup group in _groups)
        {
            group.Stop(now, actions);
        }

        TellGroups(actions);
    }

    public void OnAdvert(Instant now, int instance, in ReceivedAdvert packet, List<VrrpAction> actions)
    {
        Wake(now, actions);
        Instances[instance].OnAdvert(now, packet, actions);
        TellGroups(actions);
    }

    /// <summary>An advert for a router id that no instance has on this interface: it may carry the addresses of one.</summary>
    public void OnOtherRouterId(Instant now, string interfaceName, in ReceivedAdvert packet, List<VrrpAction> actions)
    {
        Wake(now, actions);
        foreach (VrrpInstance instance in Instances)
        {
            if (instance.Settings.Interface == interfaceName)
            {
                instance.Rivals.OnOtherRouterId(now, packet, actions);
            }
        }
    }

    /// <summary>A machine that is not this one said, by ARP or neighbour advertisement, that an address is its own.</summary>
    public void OnClaim(Instant now, IpAddress address, MacAddress mac, List<VrrpAction> actions)
    {
        Wake(now, actions);
        foreach (VrrpInstance instance in Instances)
        {
            instance.Rivals.OnClaim(now, address, mac, actions);
        }
    }

    /// <summary>Does what is due; an early call is harmless.</summary>
    public void OnDeadline(Instant now, List<VrrpAction> actions)
    {
        Wake(now, actions);
        while (_damping.TryTake(now, out string interfaceName, out bool isUp))
        {
            TakeLink(now, interfaceName, isUp, actions);
        }

        foreach (VrrpInstance instance in Instances)
        {
            instance.OnDeadline(now, actions);
        }

        TellGroups(actions);
    }

    /// <summary>
    /// When a deputy has to say with <see cref="SpeakOn"/> what a master has not said: a part of the interval late, for which
    /// nobody minds, so that it is silent as long as who is master speaks himself; null: there is nothing to say.
    /// </summary>
    public Instant? NextWord(Instant now)
    {
        Instant? earliest = null;
        foreach (VrrpInstance instance in Instances)
        {
            if (instance.State == VrrpState.Master && !instance.HasFallenSilent(now) && instance.Timer is { } due)
            {
                earliest = Instant.Earlier(earliest, due + VrrpTimers.LateAfter(instance.Settings.Pace));
            }
        }

        return earliest;
    }

    /// <summary>
    /// While the caller is held up in carrying out what it was asked: masters advertise what is due. Nothing else becomes of
    /// it; who was silent for too long stays so, and yields at the next input.
    /// </summary>
    public void SpeakOn(Instant now, List<VrrpAction> actions)
    {
        foreach (VrrpInstance instance in Instances)
        {
            if (instance.State == VrrpState.Master && !instance.HasFallenSilent(now))
            {
                instance.AdvertiseIfDue(now, actions);
            }
        }
    }

    /// <summary>
    /// The caller was held up between two actions of one list, for so long that another may be master by now: what makes this
    /// one master is not to be done any more - it yields at the next input - and a farewell would be taken for the other's.
    /// </summary>
    public bool ComesTooLate(Instant now, in VrrpAction action) => action.Kind switch
    {
        VrrpActionKind.SendAdvert => Instances[action.Instance].HasFallenSilent(now),
        VrrpActionKind.AddAddresses or VrrpActionKind.Arm or VrrpActionKind.RenewLease or VrrpActionKind.AnnounceAddresses =>
            Instances[action.Instance].IsOverslept(now),
        _ => false,
    };

    /// <summary>A tracked script has a result; rise and fall are counted by who runs it.</summary>
    public void OnTrackResult(Instant now, string script, bool isUp, List<VrrpAction> actions)
    {
        Wake(now, actions);
        foreach (VrrpInstance instance in Instances)
        {
            instance.Trackers.SetScript(script, isUp);
            instance.RefreshPriority(now, actions);
        }

        Reconsider(now, actions);
    }

    /// <summary>
    /// An operator orders an instance, and with it its sync group, to hand over, to take over, to stay out, or to go by the
    /// configuration alone again. What comes of it shows in <see cref="VrrpInstance.State"/> and <see cref="VrrpInstance.Order"/>.
    /// </summary>
    public void OnOrder(Instant now, int instance, VrrpOrder order, List<VrrpAction> actions)
    {
        Wake(now, actions);
        if (IsStarted)
        {
            _groupOf[instance].Obey(now, order, actions);
        }

        TellGroups(actions);
    }

    /// <summary>A tracked process runs as often as it should, or not.</summary>
    public void OnProcess(Instant now, string process, bool isUp, List<VrrpAction> actions)
    {
        Wake(now, actions);
        foreach (VrrpInstance instance in Instances)
        {
            instance.Trackers.SetProcess(process, isUp);
            instance.RefreshPriority(now, actions);
        }

        Reconsider(now, actions);
    }

    /// <summary>A path watched by BFD is up, or down.</summary>
    public void OnPath(Instant now, string path, bool isUp, List<VrrpAction> actions)
    {
        Wake(now, actions);
        foreach (VrrpInstance instance in Instances)
        {
            instance.Trackers.SetPath(path, isUp);
            instance.RefreshPriority(now, actions);
        }

        Reconsider(now, actions);
    }

    /// <summary>All static addresses, routes and rules of a group are there, or not.</summary>
    public void OnTrackGroup(Instant now, string group, bool isWhole, List<VrrpAction> actions)
    {
        Wake(now, actions);
        foreach (VrrpInstance instance in Instances)
        {
            instance.Trackers.SetGroup(group, isWhole);
        }

        Reconsider(now, actions);
    }

    /// <summary>The number in a tracked file was read; a file that is not there has 0.</summary>
    public void OnFile(Instant now, string file, int number, List<VrrpAction> actions)
    {
        Wake(now, actions);
        foreach (VrrpInstance instance in Instances)
        {
            instance.Trackers.SetFile(file, number);
            instance.RefreshPriority(now, actions);
        }

        Reconsider(now, actions);
    }

    public void OnLink(Instant now, string interfaceName, bool isUp, List<VrrpAction> actions)
    {
        Wake(now, actions);
        if (_damping.CountsAtOnce(now, interfaceName, isUp, isFirst: !IsStarted || (_isSettling && !_damping.Knows(interfaceName))))
        {
            TakeLink(now, interfaceName, isUp, actions);
        }
    }

    private void TakeLink(Instant now, string interfaceName, bool isUp, List<VrrpAction> actions)
    {
        foreach (VrrpInstance instance in Instances)
        {
            instance.Trackers.SetLink(interfaceName, isUp);
            instance.RefreshPriority(now, actions);
        }

        Reconsider(now, actions);
    }

    /// <summary>The address to send from was found, has changed, or is gone (default).</summary>
    public void OnSourceAddress(Instant now, int instance, IpAddress address, List<VrrpAction> actions)
    {
        Wake(now, actions);
        Instances[instance].OnSourceAddress(address);
        Reconsider(now, actions);
    }

    /// <summary>
    /// What an action asked for could not be done. Addresses and leases are asked for again after a second; a lost advert
    /// is followed by the next one.
    /// </summary>
    public void OnActionFailed(Instant now, in VrrpAction action, int errno, List<VrrpAction> actions)
    {
        Wake(now, actions);
        Instances[action.Instance].OnActionFailed(now, action.Kind, errno, actions);
    }

    /// <summary>
    /// Writes the IP packet a <see cref="VrrpActionKind.SendAdvert"/> asks for, to the group or to one unicast peer; returns
    /// the number of bytes. Each call counts the instance's IP identification and sequence number on.
    /// </summary>
    public int WriteAdvertPacket(in VrrpAction action, IpAddress destination, Span<byte> target)
    {
        Invariant.That(action.Kind == VrrpActionKind.SendAdvert, "only adverts are packets");
        return Instances[action.Instance].WriteAdvertPacket(destination, action.Priority, target);
    }

    private List<VrrpGroup> MakeGroups()
    {
        var groups = new List<VrrpGroup>();
        for (int i = 0; i < Settings.SyncGroups.Length; i++)
        {
            VrrpSyncGroupSettings settings = Settings.SyncGroups[i];
            VrrpInstance[] members = [.. settings.Members.Select(FindByName)];
            var group = new VrrpGroup(i, settings.Name, members);
            groups.Add(group);
            foreach (VrrpInstance member in members)
            {
                Invariant.That(_groupOf[member.Index] is null, "an instance is in one sync group at most");
                _groupOf[member.Index] = group;
            }
        }

        foreach (VrrpInstance instance in Instances)
        {
            if (_groupOf[instance.Index] is null)
            {
                _groupOf[instance.Index] = new VrrpGroup(index: null, name: null, [instance]);
                groups.Add(_groupOf[instance.Index]);
            }
        }

        return groups;
    }

    private VrrpInstance FindByName(string name) =>
        Instances.FirstOrDefault(instance => instance.Settings.Name == name)
        ?? throw new ArgumentException($"a sync group names an unknown instance: {name}");

    // By name first: unicast instances may share a router id on an interface.
    private VrrpInstance? FindSame(VrrpInstanceSettings settings, HashSet<VrrpInstance> taken)
    {
        VrrpInstance? found = null;
        foreach (VrrpInstance instance in Instances)
        {
            if (!instance.Settings.IsSameRouterAs(settings) || taken.Contains(instance))
            {
                continue;
            }

            if (instance.Settings.Name == settings.Name)
            {
                return instance;
            }

            found ??= instance;
        }

        return found;
    }

    private void Wake(Instant now, List<VrrpAction> actions)
    {
        if (_isSettling)
        {
            return;
        }

        foreach (VrrpGroup group in _groups)
        {
            group.YieldIfOverslept(now, actions);
        }
    }

    private void Reconsider(Instant now, List<VrrpAction> actions)
    {
        if (_isSettling)
        {
            return;
        }

        foreach (VrrpGroup group in _groups)
        {
            if (IsStarted)
            {
                group.Reconsider(now, actions);
            }
            else
            {
                group.ReleaseUnfit(now, actions);
            }
        }

        TellGroups(actions);
    }

    private void TellGroups(List<VrrpAction> actions)
    {
        foreach (VrrpGroup group in _groups)
        {
            group.TellState(actions);
        }
    }
}
