using System.Diagnostics;
using Pointsman.Base;
using Pointsman.Engine;
using Pointsman.Vrrp;
using Pointsman.Wire;

namespace Pointsman.Sim.World;

// The VRRP process of a node around the real machine. One turn is that of the host's loop: commands, changes of
// interfaces, packets until the sockets are dry, then what is due; each input's actions are carried out before the next.

/// <summary>A VRRP process, which can be killed and frozen.</summary>
internal sealed class SimRole
{
    private static readonly TimeSpan WorstWakeUp = TimeSpan.FromMicroseconds(700);

    private static readonly TimeSpan s_leftoverPause = TimeSpan.FromSeconds(1);

    private readonly SimNode _node;
    private readonly EventQueue _clock;
    private readonly Queue<Action> _commands = new();
    private readonly Queue<SimLink> _changes = new();
    private readonly Queue<(SimLink Link, Frame.Advert Frame)> _packets = new();
    private readonly Queue<(IpAddress Address, MacAddress Mac)> _claims = new();
    private readonly RoleEffects _effects;
    private readonly SimWithdrawal _withdrawal;
    private readonly List<VrrpAction> _words = [];
    private List<VrrpAction> _actions = [];
    private readonly SortedSet<int> _leftovers = [];
    private int[] _handOverLeft = [];
    private SimWithdrawal.HeldInstance[]? _handOver;
    private Instant? _leftoversAt;
    private Instant? _timerSetTo;
    private Instant _frozenAt;
    private TimeSpan _slept;
    private int _life;
    private bool _isInTurn;
    private bool _isWordDue;

    public SimRole(SimNode node)
    {
        _node = node;
        _clock = node.Cluster.Clock;
        _effects = new RoleEffects(node);
        _withdrawal = new SimWithdrawal(node, _effects);
    }

    /// <summary>Null: no process.</summary>
    public VrrpRouter? Router { get; private set; }

    public bool IsFrozen { get; private set; }

    /// <summary>Since when its thread waits for the kernel; null: it does not.</summary>
    public Instant? HeldUpSince { get; private set; }

    /// <summary>When the last such wait was over.</summary>
    public Instant HeldUpUntil { get; private set; }

    /// <summary>It has nothing left to do at this moment.</summary>
    public bool IsIdle => HeldUpSince is null && _commands.Count == 0 && _changes.Count == 0 && _packets.Count == 0 && _claims.Count == 0;

    /// <summary>What its clock shows.</summary>
    public Instant Now => _node.Cluster.Mutant == Mutant.SleepWalker ? _clock.Now - _slept : _clock.Now;

    // ---- life

    public void Start()
    {
        Invariant.That(Router is null, "one role runs at a time");
        Router = new VrrpRouter(Read());
        _node.RunningFile = _node.File;
        _life++;
        _slept = TimeSpan.Zero;
        foreach (SimLink link in _node.Links)
        {
            Refresh(link);
        }

        Instant now = Now;
        bool[] resume = [.. Router.Instances.Select(instance => WasMaster(instance, now))];
        SimWithdrawal.HeldInstance[]? note = _handOver;
        _handOver = null;
        foreach (int left in _handOverLeft)
        {
            LeaveBehind(left);
        }

        _handOverLeft = [];
        _node.Log($"vrrp process starts, resumes {string.Join(',', resume)}");
        Router.Start(now, _node.Cluster.Mutant == Mutant.Forgetful ? [] : resume, _actions, isContinued: note is not null);
        _effects.Run(Router, _actions);
        _withdrawal.Carry(note ?? [], Router);
        if (note is null)
        {
            _node.RemoveRemains();
        }

        RemoveLeftovers();
        var wasMaster = new bool[_node.Cluster.Site.InstanceCount];
        foreach (VrrpInstance instance in Router.Instances)
        {
            wasMaster[SiteSettings.NumberOf(instance)] = resume[instance.Index];
        }

        _node.Cluster.Rules.OnRoleStarted(_node, wasMaster);
        SetTimer();
    }

    public void Kill()
    {
        if (Router is not null)
        {
            _node.Log("vrrp process dies");
        }

        Router = null;
        IsFrozen = false;
        HeldUpSince = null;
        _isInTurn = false;
        _isWordDue = false;
        _timerSetTo = null;

        _leftovers.Clear();
        _leftoversAt = null;

        // Whoever waits in the midst of the former ones does not go on with them.
        _actions = [];
        _commands.Clear();
        _changes.Clear();
        _packets.Clear();
        _claims.Clear();
    }

    /// <summary>The run directory does not outlive the power.</summary>
    public void Forget() => (_handOver, _handOverLeft) = (null, []);

    /// <summary>The kernel would not take these addresses away: it is asked again each second.</summary>
    public void LeaveBehind(int instance)
    {
        _leftovers.Add(instance);
        _leftoversAt = Now + s_leftoverPause;
    }

    /// <summary>The machine of this instance of the site; null: its file has none, or no process runs.</summary>
    public VrrpInstance? MachineOf(int instance)
    {
        if (Router is { } router)
        {
            foreach (VrrpInstance machine in router.Instances)
            {
                if (SiteSettings.NumberOf(machine) == instance)
                {
                    return machine;
                }
            }
        }

        return null;
    }

    public void Freeze()
    {
        if (Router is not null && !IsFrozen)
        {
            _node.Log("vrrp process freezes");
            IsFrozen = true;
            _frozenAt = _clock.Now;
        }
    }

    public void Thaw()
    {
        if (IsFrozen)
        {
            _node.Log("vrrp process thaws");
            IsFrozen = false;
            _slept += _clock.Now - _frozenAt;
            if (_isWordDue && HeldUpSince is { } since)
            {
                SpeakOn(since);
            }

            Turn(_life);
        }
    }

    // ---- inputs

    public void Hear(SimLink link, Frame.Advert frame)
    {
        if (Router is not null)
        {
            _packets.Enqueue((link, frame));
            Wake();
        }
    }

    /// <summary>Another said by ARP that an address is its own.</summary>
    public void HearArp(IpAddress address, MacAddress mac)
    {
        if (Router is not null && _node.Cluster.Mutant != Mutant.DeafToArp)
        {
            _claims.Enqueue((address, mac));
            Wake();
        }
    }

    public void OnLinkChanged(SimLink link)
    {
        if (Router is not null)
        {
            _changes.Enqueue(link);
            Wake();
        }
    }

    /// <summary>BFD finds the common path up, or down.</summary>
    public void ReportPath(bool isUp) => Command(router => router.OnPath(Now, "path", isUp, _actions));

    public void ReportScript(string script, bool isUp) =>
        Command(router => router.OnTrackResult(Now, script, isUp, _actions));

    /// <summary>An operator's order; a role that is started anew knows nothing of it.</summary>
    public void Order(int instance, VrrpOrder order) => Command(router =>
    {
        if (MachineOf(instance) is { } machine)
        {
            _node.Log($"is ordered to {order} by instance {instance}");
            router.OnOrder(Now, machine.Index, order, _actions);
        }
    });

    public void Stop() => Command(router => router.Stop(Now, _actions));

    /// <summary>Goes on with what the node's file says now; one that takes its leave does not care.</summary>
    public void Reconfigure() => Command(router =>
    {
        if (!router.IsStarted)
        {
            return;
        }

        _node.Log("vrrp process has new settings");
        _node.RunningFile = _node.File;
        SimWithdrawal.HeldInstance[] held = _withdrawal.Held(router, static instance => instance.HoldsAddresses);
        var wasMaster = new bool[_node.Cluster.Site.InstanceCount];
        foreach (VrrpInstance instance in router.Instances)
        {
            int number = SiteSettings.NumberOf(instance);
            wasMaster[number] = instance.State == VrrpState.Master && Now < _node.SpokeAt[number] + instance.LeaseTime;
        }

        VrrpRouterSettings settings = _node.Cluster.Mutant == Mutant.KeepsItsGroups
            ? Read() with { SyncGroups = [.. router.Settings.SyncGroups.Where(group => group.Members.All(Names(Read()).Contains))] }
            : Read();
        if (_node.Cluster.Mutant == Mutant.BeginsAnew)
        {
            Router = new VrrpRouter(settings);
            foreach (SimLink link in _node.Links)
            {
                Refresh(link);
            }

            Router.Start(Now, [], _actions);
            _effects.Run(Router, _actions);
            _node.Cluster.Rules.OnReconfigured(_node, wasMaster);
            return;
        }

        Router = new VrrpRouter(settings, router, Now);
        WaitForKernel();
        foreach (VrrpInstance instance in Router.Instances)
        {
            wasMaster[SiteSettings.NumberOf(instance)] &= !Router.ComesTooLate(Now, VrrpAction.Arm(instance.Index));
        }

        foreach (SimLink link in _node.Links)
        {
            Refresh(link);
        }

        bool[] isPlacedAnew =
        [
            .. Router.Instances.Select(instance => instance.FormerIndex is { } index
                && !router.Instances[index].Settings.VirtualAddresses.SequenceEqual(instance.Settings.VirtualAddresses)),
        ];
        Router.Settle(Now, isPlacedAnew, _actions);
        _effects.Run(Router, _actions);
        _withdrawal.Carry(held, Router);
        foreach (int left in NotRemoved(router, dropped => !Router.Instances.Any(instance => instance.FormerIndex == dropped.Index)))
        {
            LeaveBehind(left);
        }

        _node.Cluster.Rules.OnReconfigured(_node, wasMaster);
    });

    private void RemoveLeftovers()
    {
        _leftovers.RemoveWhere(left => MachineOf(left) is { HoldsAddresses: true } || _node.TrySetAddresses(left, present: false));
        _leftoversAt = _leftovers.Count == 0 ? null : Now + s_leftoverPause;
    }

    private static IEnumerable<int> NotRemoved(VrrpRouter router, Func<VrrpInstance, bool> isAsked) => router.Instances
        .Where(instance => instance is { AwaitsRetry: true, HoldsAddresses: false } && isAsked(instance))
        .Select(SiteSettings.NumberOf);

    /// <summary>Leaves addresses, leases and a note to the next role.</summary>
    public void HandOver() => Command(router =>
    {
        _handOver = _withdrawal.Held(router, static instance => instance.State == VrrpState.Master);
        _handOverLeft =
        [
            .. _leftovers, .. NotRemoved(router, static _ => true),
            .. router.Instances.Where(instance => instance.State == VrrpState.Leaving).Select(SiteSettings.NumberOf),
        ];
        _node.Log($"hands over {string.Join(',', _handOver.Select(held => held.Settings.Name))}");
        Kill();
        _node.Control.OnHandedOver();
    });

    private void Command(Action<VrrpRouter> obeys)
    {
        if (Router is null)
        {
            return;
        }

        _commands.Enqueue(() => obeys(Router));
        Wake();
    }

    // ---- turns

    private void Wake()
    {
        int life = _life;
        _clock.After(_node.Cluster.Weather.Jitter(WorstWakeUp), () => Turn(life));
    }

    private void Turn(int life)
    {
        if (Router is null || life != _life || IsFrozen || HeldUpSince is not null)
        {
            return;
        }

        try
        {
            _isInTurn = true;
            TakeTurn();
            _isInTurn = false;
        }
        catch (RoleEndedException)
        {
            return;     // what was begun is not finished; if another process runs by now, it is its own
        }
    }

    private void TakeTurn()
    {
        while (_commands.TryDequeue(out Action? command))
        {
            command();
            if (Router is null)
            {
                return;     // it has handed over
            }

            _effects.Run(Router, _actions);
        }

        while (_changes.TryDequeue(out SimLink? link))
        {
            Refresh(link);
        }

        while (_packets.TryDequeue(out (SimLink Link, Frame.Advert Frame) packet))
        {
            Parse(packet.Link, packet.Frame);
        }

        while (_claims.TryDequeue(out (IpAddress Address, MacAddress Mac) claim))
        {
            Router!.OnClaim(Now, claim.Address, claim.Mac, _actions);
            _effects.Run(Router, _actions);
        }

        if (Router!.Deadline <= Now && !IsSleepyBackup)
        {
            Router.OnDeadline(Now, _actions);
            _effects.Run(Router, _actions);
        }

        if (_leftoversAt <= Now)
        {
            WaitForKernel();
            RemoveLeftovers();
        }

        if (Router.IsStopped)
        {
            foreach (int left in _leftovers)
            {
                _node.TrySetAddresses(left, present: false);
            }

            _node.Log("vrrp process ends");
            Kill();
            _node.Control.OnRoleEnded();
            return;
        }

        SetTimer();
    }

    // ---- hold-ups

    /// <summary>The thread waits for as long as another program holds the kernel's lock; the deputy speaks meanwhile.</summary>
    /// <exception cref="RoleEndedException">It was killed meanwhile.</exception>
    public void WaitForKernel()
    {
        if (!_isInTurn || _node.LockedUntil <= _clock.Now)
        {
            return;
        }

        int life = _life;
        Instant since = _clock.Now;
        _node.Log("vrrp process waits for the kernel");
        HeldUpSince = since;
        _clock.At(_node.LockedUntil, static () => { });
        Deputize(since);
        _node.Cluster.RunWhile(() => life == _life && Router is not null && (IsFrozen || _clock.Now < _node.LockedUntil));
        if (life != _life || Router is null)
        {
            throw new RoleEndedException();
        }

        _node.Log("vrrp process goes on");
        HeldUpSince = null;
        HeldUpUntil = _clock.Now;
        _isWordDue = false;
        _timerSetTo = null;

        // What came meanwhile is looked at after this turn.
        Wake();
    }

    private void Deputize(Instant since)
    {
        if (_node.Cluster.Mutant != Mutant.HasNoDeputy && Router!.NextWord(Now) is { } due)
        {
            _clock.At(due + (_clock.Now - Now) + _node.Cluster.Weather.Jitter(WorstWakeUp), () => SpeakOn(since));
        }
    }

    private void SpeakOn(Instant since)
    {
        if (Router is null || HeldUpSince != since)
        {
            return;
        }

        _isWordDue = IsFrozen;
        bool isOver = _clock.Now >= since + VrrpTimers.SpeechWhileHeldUp && _node.Cluster.Mutant != Mutant.DeputyNeverEnds;
        if (!IsFrozen && !isOver)
        {
            Router.SpeakOn(Now, _words);
            _effects.TryAll(Router, _words);
            _words.Clear();
            Deputize(since);
        }
    }

    private bool IsSleepyBackup =>
        _node.Cluster.Mutant == Mutant.SleepyBackup && _node.Index == 0 && Router!.Instances[0].State == VrrpState.Backup;

    private void SetTimer()
    {
        Instant? deadline = Instant.Earlier(Router!.Deadline, _leftoversAt);
        if (deadline is { } due && deadline != _timerSetTo)
        {
            int life = _life;
            _clock.At(due + (_clock.Now - Now) + _node.Cluster.Weather.Jitter(WorstWakeUp), () =>
            {
                // Set anew since: the timer does not go off at the former time.
                if (_timerSetTo == due)
                {
                    Turn(life);
                }
            });
        }

        _timerSetTo = deadline;
    }

    private bool WasMaster(VrrpInstance instance, Instant now) =>
        _handOver is { } note
            ? note.Any(held => held.Settings.IsSameRouterAs(instance.Settings) && now < held.Until)
            : _node.HoldsLease(SiteSettings.NumberOf(instance));

    private VrrpRouterSettings Read()
    {
        VrrpRouterSettings settings = RouterTranslation.Translate(_node.Configuration);
        return _node.Cluster.Mutant == Mutant.TornGroup && _node.Index == 0 ? settings with { SyncGroups = [] } : settings;
    }

    private static IEnumerable<string> Names(VrrpRouterSettings settings) => settings.Instances.Select(instance => instance.Name);

    private void Refresh(SimLink link)
    {
        Router!.OnLink(Now, link.Name, link.HasCarrier, _actions);
        _effects.Run(Router, _actions);
        foreach (VrrpInstance instance in Router.Instances)
        {
            IpAddress address = !link.HasAddress ? default : instance.Settings.Family == IpFamily.V4 ? link.Address : link.LinkLocal;
            if (_node.LinkOf(SiteSettings.NumberOf(instance)) == link && instance.SourceAddress != address)
            {
                Router.OnSourceAddress(Now, instance.Index, address, _actions);
                _effects.Run(Router, _actions);
            }
        }
    }

    private void Parse(SimLink link, Frame.Advert frame)
    {
        byte[] bytes = _node.Cluster.Mutant == Mutant.Gullible
            ? Stranger.AsItWouldBeBelieved(frame.Packet, _node.Cluster.Site.AdvertInterval)
            : frame.Packet;
        if (VrrpPacket.TryParse(bytes, out VrrpPacket packet) != VrrpPacketError.None)
        {
            throw new UnreachableException("nobody here sends damaged IP headers");
        }

        ReceivedAdvert advert = ReceivedAdvert.From(packet, frame.Source);
        if (!Router!.TryFindInstance(link.Name, packet, out int index))
        {
            Router.OnOtherRouterId(Now, link.Name, advert, _actions);
        }
        else if (!IsDeaf(Router.Instances[index]))
        {
            Router.OnAdvert(Now, index, advert, _actions);
        }

        // Who hears and, by its file, does not believe has not heard.
        if (_node.Cluster.FindNode(frame.Source) is { } sender && sender.RunningFile.Password != _node.RunningFile.Password)
        {
            link.Segment.NoteDisbelief();
        }

        _effects.Run(Router, _actions);
    }

    private bool IsDeaf(VrrpInstance instance) => instance.State == VrrpState.Master && _node.Cluster.Mutant switch
    {
        Mutant.DeafMaster => true,
        Mutant.SlowEar => Now - instance.StateSince < 6 * instance.Settings.AdvertInterval,
        _ => false,
    };
}
