using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Bfd;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Pointsman.PathWatch.Messages;
using Pointsman.Wire;

namespace Pointsman.PathWatch.Loop;

/// <summary>One session with the socket it speaks by.</summary>
internal sealed class PathPort : IDisposable
{
    internal const ushort SingleHopPort = 3784;
    internal const ushort MultihopPort = 4784;

    // RFC 5881 §4.
    private const int FirstSourcePort = 49152;
    private const int SourcePorts = 65536 - FirstSourcePort;
    private const int PortsTried = 64;

    // A path that is down from the start is told after this many of the neighbour's turns to speak.
    private const int TurnsUntilDown = 3;

    private readonly Prng _random;
    private readonly SortedDictionary<string, long> _discarded = new(StringComparer.Ordinal);
    private DatagramSender? _sender;
    private string _refusal = "";
    private bool? _told;
    private long _sent;
    private long _received;

    internal PathPort(WatchedPath path, uint discriminator, Prng random, Instant now)
    {
        Path = path;
        _random = random;
        Session = new BfdSession(Translate(path), discriminator, random);
        TellDownAt = now + (TurnsUntilDown * Session.Settings.IdleTx);
    }

    internal WatchedPath Path { get; }

    internal BfdSession Session { get; }

    /// <summary>When nothing was told yet, silence is told.</summary>
    internal Instant? TellDownAt { get; private set; }

    internal Instant? Deadline => Instant.Earlier(Session.Deadline, TellDownAt);

    internal void Count(string discardReason) => _discarded[discardReason] = _discarded.GetValueOrDefault(discardReason) + 1;

    internal void CountReceived() => _received++;

    /// <summary>Carries out what the session asks.</summary>
    internal void Run(List<BfdAction> actions, WatchOutbox outbox)
    {
        foreach (BfdAction action in actions)
        {
            if (action.IsSend)
            {
                Send(action.Packet, outbox);
            }
            else
            {
                Tell(action, outbox);
            }
        }

        actions.Clear();
    }

    internal void TellSilence(Instant now, WatchOutbox outbox)
    {
        if (TellDownAt <= now)
        {
            TellDownAt = null;
            if (_told is null)
            {
                _told = false;
                outbox.Post(new WatchEvent.Turned(
                    Path.Name, IsUp: false, $"BFD_Instance({Path.Name}) {Path.Neighbor} has not come up"));
            }
        }
    }

    internal PathSnapshot Snapshot(Instant now) => new()
    {
        Name = Path.Name,
        State = Session.State.ToString().ToLowerInvariant(),
        RemoteState = Session.RemoteState.ToString().ToLowerInvariant(),
        Why = _refusal.Length > 0 ? _refusal : Session.State == BfdState.Up ? "" : WhyDown(Session.Diagnostic),
        StateForSeconds = (now - Session.StateSince).TotalSeconds,
        TransmitMs = Session.TransmitInterval.TotalMilliseconds,
        DetectMs = Session.DetectionTime.TotalMilliseconds,
        Sent = _sent,
        Received = _received,
        Discarded = _discarded.ToImmutableSortedDictionary(StringComparer.Ordinal),
    };

    public void Dispose() => _sender?.Dispose();

    private static BfdSessionSettings Translate(WatchedPath path) => new()
    {
        Name = path.Name,
        Neighbor = IpAddress.Parse(path.Neighbor),
        Source = path.Source is { } source ? IpAddress.Parse(source) : null,
        MinRx = TimeSpan.FromMilliseconds(path.MinRxMs),
        MinTx = TimeSpan.FromMilliseconds(path.MinTxMs),
        IdleTx = TimeSpan.FromMilliseconds(path.IdleTxMs),
        Multiplier = path.Multiplier,
        IsPassive = path.IsPassive,
        IsMultihop = path.IsMultihop,
        TimeToLive = path.TimeToLive,
        MaxHops = path.MaxHops,
    };

    private static string WhyDown(BfdDiagnostic why) => why switch
    {
        BfdDiagnostic.ControlDetectionTimeExpired => "nothing heard for the detection time",
        BfdDiagnostic.NeighborSignaledDown => "the neighbour says down",
        BfdDiagnostic.AdministrativelyDown => "ended in order",
        _ => "",
    };

    // Up or not is what others hang on; what lies between is for the status.
    private void Tell(in BfdAction change, WatchOutbox outbox)
    {
        bool isUp = change.To == BfdState.Up;
        if (isUp || change.From == BfdState.Up)
        {
            _told = isUp;
            string why = isUp ? "" : $" ({WhyDown(change.Diagnostic)})";
            outbox.Post(new WatchEvent.Turned(
                Path.Name, isUp, $"BFD_Instance({Path.Name}) Entering {change.To.ToString().ToUpperInvariant()} state{why}"));
        }
    }

    private void Send(in BfdControlPacket packet, WatchOutbox outbox)
    {
        Span<byte> bytes = stackalloc byte[BfdControlPacket.LengthBytes];
        packet.Write(bytes);
        try
        {
            _sender ??= Open();
            if (_sender.TrySend(bytes, out int errno))
            {
                _sent++;
                _refusal = "";
                return;
            }

            Refuse(ErrnoException.Text(errno), outbox);
        }
        catch (ErrnoException refused)
        {
            Refuse(refused.Message, outbox);
        }
    }

    private DatagramSender Open() => DatagramSender.Open(
        Session.Settings.Source,
        Enumerable.Range(0, PortsTried).Select(_ => (ushort)(FirstSourcePort + _random.NextInt(SourcePorts))),
        Session.Settings.Neighbor,
        Path.IsMultihop ? MultihopPort : SingleHopPort,
        Path.TimeToLive);

    // Once, until it is another or over: it is tried again with each packet.
    private void Refuse(string why, WatchOutbox outbox)
    {
        if (_refusal != why)
        {
            _refusal = why;
            outbox.Post(new WatchEvent.Noted($"BFD_Instance({Path.Name}) cannot send to {Path.Neighbor}: {why}"));
        }
    }
}
