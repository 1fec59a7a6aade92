using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Bfd;

/* One session of RFC 5880 in asynchronous mode, without echo, demand or authentication. Whoever owns it calls Start once,
   OnPacket for what came for it, and OnDeadline at (or after) Deadline; and carries out the actions in order.

   Until it is up it speaks once a second, more or less; then at the pace both agree on. The change of pace is made known
   by a poll sequence: our packets carry Poll until one with Final comes. */

/// <summary>Watches the path to one neighbour.</summary>
public sealed class BfdSession
{
    // RFC 5880 §6.8.7: packets go at 75 to 100 per cent of the interval; at most at 90 when a single loss counts.
    private const int JitterPercent = 25;
    private const int JitterPercentOfOne = 15;
    private const int SinglePacketPercent = 90;

    // RFC 5880 §6.8.1, until the neighbour says: one microsecond.
    private static readonly TimeSpan UnknownRemoteMinRx = TimeSpan.FromMicroseconds(1);

    private readonly Prng _random;
    private TimeSpan _remoteMinRx = UnknownRemoteMinRx;
    private TimeSpan _remoteMinTx;
    private int _remoteMultiplier;
    private Instant? _transmitAt;
    private Instant? _detectAt;
    private bool _isPolling;

    /// <param name="localDiscriminator">This node's name of the session; not zero.</param>
    public BfdSession(BfdSessionSettings settings, uint localDiscriminator, Prng random)
    {
        Invariant.That(localDiscriminator != 0, "a discriminator is not zero");
        Settings = settings;
        LocalDiscriminator = localDiscriminator;
        _random = random;
    }

    public BfdSessionSettings Settings { get; }

    public uint LocalDiscriminator { get; }

    /// <summary>Zero until the neighbour was heard, and after it was silent for the detection time.</summary>
    public uint RemoteDiscriminator { get; private set; }

    public BfdState State { get; private set; } = BfdState.AdminDown;

    public BfdState RemoteState { get; private set; } = BfdState.Down;

    /// <summary>Why the session last left Up.</summary>
    public BfdDiagnostic Diagnostic { get; private set; }

    public BfdDiagnostic RemoteDiagnostic { get; private set; }

    public Instant StateSince { get; private set; }

    public Instant? Deadline => Instant.Earlier(_transmitAt, _detectAt);

    /// <summary>RFC 5880 §6.8.4: silence for so long is the loss of the path; zero before the neighbour was heard.</summary>
    public TimeSpan DetectionTime => _remoteMultiplier * Longer(Settings.MinRx, _remoteMinTx);

    /// <summary>RFC 5880 §6.8.7: from one packet of ours to the next, before jitter; zero: none are wanted.</summary>
    public TimeSpan TransmitInterval => _remoteMinRx == TimeSpan.Zero ? TimeSpan.Zero : Longer(DesiredMinTx, _remoteMinRx);

    // RFC 5880 §6.8.3: not faster than once a second while the session is not up.
    private TimeSpan DesiredMinTx => State == BfdState.Up ? Settings.MinTx : Settings.IdleTx;

    public void Start(Instant now, List<BfdAction> actions)
    {
        Invariant.That(State == BfdState.AdminDown, "a session is started once");
        Become(BfdState.Down, BfdDiagnostic.None, now, actions);
        _transmitAt = Settings.IsPassive ? null : now;
    }

    /// <summary>Tells the neighbour that the session ends by an operator's will, once.</summary>
    public void Stop(Instant now, List<BfdAction> actions)
    {
        Become(BfdState.AdminDown, BfdDiagnostic.AdministrativelyDown, now, actions);
        Send(isFinal: false, actions);
        _transmitAt = null;
        _detectAt = null;
    }

    /// <summary>A packet that is this session's, by its discriminator or, while that is zero, by its source.</summary>
    /// <returns>Why it counts for nothing; or null.</returns>
    public BfdDiscardReason? OnPacket(Instant now, in BfdControlPacket packet, int timeToLive, List<BfdAction> actions)
    {
        if (FindFault(packet, timeToLive) is { } reason)
        {
            return reason;
        }

        if (State == BfdState.AdminDown)
        {
            return null;
        }

        (RemoteDiscriminator, RemoteState, RemoteDiagnostic) = (packet.MyDiscriminator, packet.State, packet.Diagnostic);
        (TimeSpan interval, bool wasSilent) = (TransmitInterval, _transmitAt is null);
        _remoteMinRx = TimeSpan.FromMicroseconds(packet.RequiredMinRxUs);
        _remoteMinTx = TimeSpan.FromMicroseconds(packet.DesiredMinTxUs);
        _remoteMultiplier = packet.Multiplier;
        _isPolling &= !packet.IsFinal;
        _detectAt = now + DetectionTime;
        bool hasChanged = Follow(now, packet.State, actions);
        if (packet.IsPoll)
        {
            Send(isFinal: true, actions);
        }

        // What has changed is told at once (RFC 5880 §6.8.7); a shorter interval holds at once, a longer one from the next
        // packet on.
        if (hasChanged || wasSilent || TransmitInterval < interval)
        {
            if (hasChanged && !packet.IsPoll)
            {
                Send(isFinal: false, actions);
            }

            Schedule(now);
        }

        return null;
    }

    public void OnDeadline(Instant now, List<BfdAction> actions)
    {
        if (_detectAt <= now)
        {
            _detectAt = null;
            RemoteDiscriminator = 0;

            // A passive side falls silent until it is spoken to again.
            _transmitAt = Settings.IsPassive ? null : _transmitAt;
            if (State is BfdState.Init or BfdState.Up)
            {
                Become(BfdState.Down, BfdDiagnostic.ControlDetectionTimeExpired, now, actions);
                _remoteMinRx = UnknownRemoteMinRx;
                RemoteState = BfdState.Down;
                _transmitAt = Settings.IsPassive ? null : now;
            }
        }

        if (_transmitAt <= now)
        {
            Send(isFinal: false, actions);
            Schedule(now);
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private BfdDiscardReason? FindFault(in BfdControlPacket packet, int timeToLive) =>
        Settings.MaxHops >= 0 && Settings.TimeToLive - timeToLive > Settings.MaxHops ? BfdDiscardReason.Hops
        : packet.YourDiscriminator != 0 && packet.YourDiscriminator != LocalDiscriminator ? BfdDiscardReason.Discriminator
        : packet is { YourDiscriminator: 0, State: not (BfdState.Down or BfdState.AdminDown) } ? BfdDiscardReason.State
        : packet is { IsPoll: true, IsFinal: true } ? BfdDiscardReason.PollAndFinal
        : packet.IsDemand ? BfdDiscardReason.Demand
        : null;

    // RFC 5880 §6.2 and the pseudo code of §6.8.6.
    private bool Follow(Instant now, BfdState theirs, List<BfdAction> actions)
    {
        switch (State, theirs)
        {
            case (BfdState.Init or BfdState.Up, BfdState.AdminDown):
            case (BfdState.Up, BfdState.Down):
                Become(BfdState.Down, BfdDiagnostic.NeighborSignaledDown, now, actions);
                return true;
            case (BfdState.Down, BfdState.Down):
                Become(BfdState.Init, Diagnostic, now, actions);
                return true;
            case (BfdState.Down, BfdState.Init):
            case (BfdState.Init, BfdState.Init or BfdState.Up):
                Become(BfdState.Up, BfdDiagnostic.None, now, actions);
                _isPolling = true;
                return true;
            default:
                return false;
        }
    }

    private void Become(BfdState next, BfdDiagnostic why, Instant now, List<BfdAction> actions)
    {
        if (State == next)
        {
            return;
        }

        actions.Add(BfdAction.Changed(State, next, why));
        (State, Diagnostic, StateSince) = (next, why, now);
        _isPolling = false;
    }

    private void Schedule(Instant now) => _transmitAt = TransmitInterval == TimeSpan.Zero ? null : now + Jitter(TransmitInterval);

    private TimeSpan Jitter(TimeSpan interval)
    {
        (int most, int span) = Settings.Multiplier == 1 ? (SinglePacketPercent, JitterPercentOfOne) : (100, JitterPercent);
        return (interval * most / 100) - _random.NextSpan(interval * span / 100);
    }

    private void Send(bool isFinal, List<BfdAction> actions) => actions.Add(BfdAction.Send(new BfdControlPacket
    {
        Diagnostic = Diagnostic,
        State = State,
        IsPoll = _isPolling && !isFinal,
        IsFinal = isFinal,
        Multiplier = Settings.Multiplier,
        MyDiscriminator = LocalDiscriminator,
        YourDiscriminator = RemoteDiscriminator,
        DesiredMinTxUs = Microseconds(DesiredMinTx),
        RequiredMinRxUs = Microseconds(Settings.MinRx),
    }));

    private static uint Microseconds(TimeSpan span) => (uint)Math.Min(span.TotalMicroseconds, uint.MaxValue);
}
