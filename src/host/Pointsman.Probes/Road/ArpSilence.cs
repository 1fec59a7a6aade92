using System.Collections.Concurrent;
using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Pointsman.Wire;

namespace Pointsman.Probes.Road;

/* A real server that answers ARP for the virtual address draws clients past the director. It alone is asked, by its hardware
   address, and in the form that changes no cache (RFC 5227 §1.1); what it answers comes to this host alone. One thread
   hears; any thread may ask. An answer that comes after the check it was asked for has ended counts for the next one. */

/// <summary>Asks real servers by ARP for addresses they have, and must not say that they have.</summary>
public sealed class ArpSilence : IDisposable
{
    private const uint StopToken = 0;
    private const int BufferBytes = 128;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, ArpListener?> _ears = [];
    private readonly ConcurrentDictionary<(IpAddress, MacAddress), byte> _asked = [];
    private readonly ConcurrentDictionary<(IpAddress, MacAddress), byte> _answered = [];
    private readonly EventPoll _poll = new();
    private readonly WakeEvent _stop = new();
    private readonly Thread _thread;
    private FrameSender? _sender;

    public ArpSilence()
    {
        _poll.Add(_stop.Descriptor, StopToken);
        _thread = new Thread(Hear) { Name = "arp silence", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Returns at once. Where ARP cannot be heard or said (no such interface any more) nobody is asked.</summary>
    internal void Ask(RoadPass pass, IpAddress address)
    {
        if (!address.IsV4 || !TryListen(pass.InterfaceIndex))
        {
            return;
        }

        _asked[(address, pass.ServerMac)] = 0;
        Span<byte> frame = stackalloc byte[ArpPacket.FrameLengthBytes];
        (ArpPacket.Probe(pass.OwnMac, address) with { FrameTarget = pass.ServerMac }).Write(frame);
        _sender!.TrySend(pass.InterfaceIndex, frame, out _);
    }

    /// <summary>Whether the server has answered since this was asked last.</summary>
    internal bool HasAnswered(RoadPass pass, IpAddress address) => _answered.TryRemove((address, pass.ServerMac), out _);

    public void Dispose()
    {
        _stop.Signal();
        _thread.Join();
        foreach (ArpListener? ear in _ears.Values)
        {
            ear?.Dispose();
        }

        _sender?.Dispose();
        _stop.Dispose();
        _poll.Dispose();
    }

    private bool TryListen(int interfaceIndex)
    {
        lock (_gate)
        {
            if (!_ears.TryGetValue(interfaceIndex, out ArpListener? ear))
            {
                try
                {
                    _sender ??= new FrameSender();
                    ear = new ArpListener(interfaceIndex, []);
                    _poll.Add(ear.Descriptor, (uint)interfaceIndex);
                }
                catch (ErrnoException)
                {
                    // The interface has gone, or this process may not; the check itself does not need it.
                    ear = null;
                }

                _ears.Add(interfaceIndex, ear);
            }

            return ear is not null;
        }
    }

    private void Hear()
    {
        var frame = new byte[BufferBytes];
        while (true)
        {
            int ready = _poll.Wait(timeoutMs: -1);
            for (int i = 0; i < ready; i++)
            {
                uint token = _poll.Ready(i).Token;
                if (token == StopToken)
                {
                    return;
                }

                ArpListener? ear;
                lock (_gate)
                {
                    ear = _ears.GetValueOrDefault((int)token);
                }

                Read(ear!, frame);
            }
        }
    }

    private void Read(ArpListener ear, byte[] frame)
    {
        try
        {
            while (ear.TryReceive(frame, out int lengthBytes))
            {
                if (ArpPacket.TryParse(frame.AsSpan(0, lengthBytes), out ArpPacket packet) == ArpParseError.None
                    && _asked.ContainsKey((packet.SenderAddress, packet.SenderMac)))
                {
                    _answered[(packet.SenderAddress, packet.SenderMac)] = 0;
                }
            }
        }
        catch (ErrnoException down) when (down.Errno is Errno.NetworkDown or Errno.NoDevice)
        {
            // Said once by the socket, which works on when the link is back.
        }
    }
}
