using System.Collections.Concurrent;
using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;
using Pointsman.Wire;

namespace Pointsman.Probes.Road;

/* A real server that answers ARP for the virtual address, or neighbour solicitations, draws clients past the director. It alone
   is asked, by its hardware address, and in a form that changes no cache: ARP's (RFC 5227 §1.1), and a solicitation in this
   node's own name; what it answers comes to this host alone. One thread hears; any thread may ask. An answer that comes after
   the check it was asked for has ended counts for the next one. */

/// <summary>Asks real servers, each alone, for addresses they have, and must not say that they have.</summary>
public sealed class AddressSilence : IDisposable
{
    private const uint StopToken = 0;
    private const int BufferBytes = 128;

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, SilenceEar?> _ears = [];
    private readonly ConcurrentDictionary<(IpAddress, MacAddress), byte> _asked = [];
    private readonly ConcurrentDictionary<(IpAddress, MacAddress), byte> _answered = [];
    private readonly EventPoll _poll = new();
    private readonly WakeEvent _stop = new();
    private readonly Thread _thread;
    private FrameSender? _sender;

    public AddressSilence()
    {
        _poll.Add(_stop.Descriptor, StopToken);
        _thread = new Thread(Hear) { Name = "address silence", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Returns at once. Where it cannot be heard or said (no such interface any more) nobody is asked.</summary>
    internal void Ask(RoadPass pass, IpAddress address)
    {
        if ((!address.IsV4 && pass.OwnAddress is not { IsV4: false }) || !TryListen(pass.InterfaceIndex, address.IsV4))
        {
            return;
        }

        _asked[(address, pass.ServerMac)] = 0;
        Span<byte> frame = stackalloc byte[NeighbourSolicitation.FrameLengthBytes];
        int lengthBytes = address.IsV4
            ? (ArpPacket.Probe(pass.OwnMac, address) with { FrameTarget = pass.ServerMac }).Write(frame)
            : new NeighbourSolicitation
            {
                Asker = pass.OwnMac,
                AskerAddress = pass.OwnAddress!.Value,
                Asked = pass.ServerMac,
                Target = address,
            }.Write(frame);
        _sender!.TrySend(pass.InterfaceIndex, frame[..lengthBytes], out _);
    }

    /// <summary>Whether the server has answered since this was asked last.</summary>
    internal bool HasAnswered(RoadPass pass, IpAddress address) => _answered.TryRemove((address, pass.ServerMac), out _);

    public void Dispose()
    {
        _stop.Signal();
        _thread.Join();
        foreach (SilenceEar? ear in _ears.Values)
        {
            ear?.Dispose();
        }

        _sender?.Dispose();
        _stop.Dispose();
        _poll.Dispose();
    }

    private bool TryListen(int interfaceIndex, bool isV4)
    {
        uint token = SilenceEar.TokenOf(interfaceIndex, isV4);
        lock (_gate)
        {
            if (!_ears.TryGetValue(token, out SilenceEar? ear))
            {
                try
                {
                    _sender ??= new FrameSender();
                    ear = new SilenceEar(interfaceIndex, isV4);
                    _poll.Add(ear.Descriptor, token);
                }
                catch (ErrnoException)
                {
                    // The interface has gone, or this process may not; the check itself does not need it.
                    ear = null;
                }

                _ears.Add(token, ear);
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

                SilenceEar? ear;
                lock (_gate)
                {
                    ear = _ears.GetValueOrDefault(token);
                }

                Read(ear!, frame);
            }
        }
    }

    private void Read(SilenceEar ear, byte[] frame)
    {
        try
        {
            while (ear.TryReceive(frame, out int lengthBytes))
            {
                if (ear.TryParse(frame.AsSpan(0, lengthBytes), out (IpAddress, MacAddress) owner) && _asked.ContainsKey(owner))
                {
                    _answered[owner] = 0;
                }
            }
        }
        catch (ErrnoException down) when (down.Errno is Errno.NetworkDown or Errno.NoDevice)
        {
            // Said once by the socket, which works on when the link is back.
        }
    }
}
