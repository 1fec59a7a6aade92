using System.Runtime.InteropServices;
using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Pointsman.Vrrp.Watch;
using Pointsman.Wire;

namespace Pointsman.App.Mastership;

/// <summary>Listens on interfaces and shows who speaks VRRP there. Says nothing itself; needs no daemon.</summary>
internal sealed class WatchRun : IDisposable
{
    private const int MaxPacketBytes = 8192;
    private const int PacketsPerTurn = 256;
    private static readonly TimeSpan RedrawTime = TimeSpan.FromSeconds(1);

    private readonly AdvertTable _table = new();
    private readonly EventPoll _poll = new();
    private readonly List<(string Interface, VrrpListener Listener)> _ears = [];
    private readonly byte[] _packet = new byte[MaxPacketBytes];
    private volatile bool _isStopped;

    internal void Open(IReadOnlyList<NetworkLink> links)
    {
        foreach (NetworkLink link in links)
        {
            foreach (IpFamily family in (ReadOnlySpan<IpFamily>)[IpFamily.V4, IpFamily.V6])
            {
                var ear = new VrrpListener(link.Index, family, [VrrpAdvert.MulticastGroup(family)], hearsOwn: true);
                _poll.Add(ear.Descriptor, (uint)_ears.Count);
                _ears.Add((link.Name, ear));
            }
        }
    }

    /// <summary>Until the time is over, or the operator has seen enough.</summary>
    /// <param name="span">Null: for ever.</param>
    /// <param name="redraw">Called once a second; null: nothing is shown meanwhile.</param>
    internal AdvertTable Listen(TimeSpan? span, Action<AdvertTable, Instant>? redraw)
    {
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        Instant? end = MonotonicClock.Now + span;
        Instant drawAt = MonotonicClock.Now;
        while (!_isStopped && !(end <= MonotonicClock.Now))
        {
            if (redraw is not null && drawAt <= MonotonicClock.Now)
            {
                redraw(_table, MonotonicClock.Now);
                drawAt = MonotonicClock.Now + RedrawTime;
            }

            // Short enough for a signal to be noticed.
            _poll.Wait(timeoutMs: 100);
            foreach ((string name, VrrpListener ear) in _ears)
            {
                Drain(name, ear);
            }
        }

        return _table;
    }

    public void Dispose()
    {
        foreach ((_, VrrpListener ear) in _ears)
        {
            ear.Dispose();
        }

        _poll.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _isStopped = true;
    }

    private void Drain(string name, VrrpListener ear)
    {
        try
        {
            for (int i = 0; i < PacketsPerTurn && ear.TryReceive(_packet, out int lengthBytes, out PacketOrigin origin); i++)
            {
                _table.Hear(
                    MonotonicClock.Now, name, origin.SourceMac, origin.Kind == PacketKind.Outgoing, _packet.AsSpan(0, lengthBytes));
            }
        }
        catch (ErrnoException down) when (down.Errno is Errno.NetworkDown or Errno.NoDevice)
        {
            // Said once by the socket; when the link comes back, it hears again.
            return;
        }
    }
}
