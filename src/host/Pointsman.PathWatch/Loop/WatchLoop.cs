using Pointsman.Base;
using Pointsman.Bfd;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Pointsman.PathWatch.Messages;
using Pointsman.Wire;

namespace Pointsman.PathWatch.Loop;

/* The real-time thread of the path watch. It owns the sessions and the sockets. Settings come by the inbox, events go by
   the outbox, each with a thread of its own. In steady state it allocates nothing but a snapshot a second. */

/// <summary>Runs the sessions until the input ends.</summary>
internal sealed class WatchLoop : IDisposable
{
    private const uint TimerToken = 0;
    private const uint InboxToken = 1;
    private const uint ListenerToken = 2;

    // One turn takes at most this many packets of a port: a flood must not keep the deadlines waiting.
    private const int PacketsPerTurn = 256;
    private const int MaxPacketBytes = 256;

    private static readonly TimeSpan SnapshotInterval = TimeSpan.FromSeconds(1);

    private readonly WatchInbox _inbox;
    private readonly WatchOutbox _outbox;
    private readonly Prng _random = new((ulong)Environment.TickCount64 ^ ((ulong)Environment.ProcessId << 32));
    private readonly List<PathPort> _ports = [];
    private readonly List<(DatagramListener Listener, IpFamily Family, bool IsMultihop)> _listeners = [];
    private readonly List<BfdAction> _actions = new(16);
    private readonly DeadlineTimer _timer = new();
    private readonly EventPoll _poll = new();
    private readonly byte[] _packet = new byte[MaxPacketBytes];
    private Instant _snapshotAt;

    internal WatchLoop(WatchInbox inbox, WatchOutbox outbox)
    {
        _inbox = inbox;
        _outbox = outbox;
        _poll.Add(_timer.Descriptor, TimerToken);
        _poll.Add(_inbox.Wake.Descriptor, InboxToken);
        _snapshotAt = Now();
    }

    internal void Run()
    {
        bool goesOn = true;
        while (goesOn)
        {
            Instant deadline = _snapshotAt;
            foreach (PathPort port in _ports)
            {
                deadline = Instant.Earlier(deadline, port.Deadline)!.Value;
            }

            _timer.Set(deadline);
            _poll.Wait(timeoutMs: -1);
            _timer.Acknowledge();
            goesOn = TakeSettings();
            ReadListeners();
            ServeDeadlines();
        }

        foreach (PathPort port in _ports)
        {
            Stop(port);
        }
    }

    public void Dispose()
    {
        _ports.ForEach(port => port.Dispose());
        _listeners.ForEach(one => one.Listener.Dispose());
        _timer.Dispose();
        _poll.Dispose();
    }

    private static Instant Now() => MonotonicClock.NowWithSuspend;

    /// <returns>False at the end of the input.</returns>
    private bool TakeSettings()
    {
        _inbox.Wake.Acknowledge();
        while (_inbox.TryTake(out WatchSettings? settings))
        {
            if (settings is null)
            {
                return false;
            }

            Apply(settings);
        }

        return true;
    }

    // What is as before goes on and its neighbour notices nothing.
    private void Apply(WatchSettings settings)
    {
        foreach (PathPort gone in _ports.Where(port => !settings.Paths.Contains(port.Path)).ToList())
        {
            Stop(gone);
            gone.Dispose();
            _ports.Remove(gone);
        }

        foreach (WatchedPath path in settings.Paths.Where(path => !_ports.Exists(port => port.Path == path)))
        {
            var port = new PathPort(path, FreeDiscriminator(), _random, Now());
            _ports.Add(port);
            Listen(port.Session.Settings);
            port.Session.Start(Now(), _actions);
            port.Run(_actions, _outbox);
        }
    }

    private uint FreeDiscriminator()
    {
        while (true)
        {
            uint candidate = (uint)_random.NextUInt64();
            if (candidate != 0 && !_ports.Exists(port => port.Session.LocalDiscriminator == candidate))
            {
                return candidate;
            }
        }
    }

    private void Stop(PathPort port)
    {
        port.Session.Stop(Now(), _actions);
        port.Run(_actions, _outbox);
    }

    private void Listen(BfdSessionSettings session)
    {
        if (_listeners.Exists(one => one.Family == session.Neighbor.Family && one.IsMultihop == session.IsMultihop))
        {
            return;
        }

        try
        {
            var listener = new DatagramListener(
                session.Neighbor.Family, session.IsMultihop ? PathPort.MultihopPort : PathPort.SingleHopPort);
            _listeners.Add((listener, session.Neighbor.Family, session.IsMultihop));
            _poll.Add(listener.Descriptor, ListenerToken);
        }
        catch (ErrnoException refused)
        {
            _outbox.Post(new WatchEvent.Noted($"BFD is not heard: {refused.Message}: does another BFD daemon run here?"));
        }
    }

    private void ReadListeners()
    {
        foreach ((DatagramListener listener, _, bool isMultihop) in _listeners)
        {
            for (int i = 0; i < PacketsPerTurn
                && listener.TryReceive(_packet, out int lengthBytes, out IpAddress source, out int timeToLive); i++)
            {
                OnDatagram(_packet.AsSpan(0, lengthBytes), source, timeToLive, isMultihop);
            }
        }
    }

    private void OnDatagram(ReadOnlySpan<byte> bytes, IpAddress source, int timeToLive, bool isMultihop)
    {
        if (FindPort(source, isMultihop) is not { } port)
        {
            return;      // a stranger's
        }

        BfdParseError error = BfdControlPacket.TryParse(bytes, out BfdControlPacket packet);
        if (error != BfdParseError.None)
        {
            port.Count(error.ToString().ToLowerInvariant());
            return;
        }

        if (port.Session.OnPacket(Now(), packet, timeToLive, _actions) is { } reason)
        {
            port.Count(reason.ToString().ToLowerInvariant());
        }
        else
        {
            port.CountReceived();
        }

        port.Run(_actions, _outbox);
    }

    private PathPort? FindPort(IpAddress source, bool isMultihop)
    {
        foreach (PathPort port in _ports)
        {
            if (port.Session.Settings.Neighbor == source && port.Path.IsMultihop == isMultihop)
            {
                return port;
            }
        }

        return null;
    }

    private void ServeDeadlines()
    {
        Instant now = Now();
        foreach (PathPort port in _ports)
        {
            port.Session.OnDeadline(now, _actions);
            port.Run(_actions, _outbox);
            port.TellSilence(now, _outbox);
        }

        if (_snapshotAt <= now)
        {
            _snapshotAt = now + SnapshotInterval;
            _outbox.Post(new WatchEvent.SnapshotTaken([.. _ports.Select(port => port.Snapshot(now))]));
        }
    }
}
