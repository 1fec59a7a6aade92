using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using Pointsman.Base;
using Pointsman.Bench.Measuring;
using Pointsman.Linux.Network;
using Pointsman.Wire;

namespace Pointsman.Bench.Vrrp;

/// <summary>Hears on all interfaces of a namespace who says what by VRRP and by ARP, and when.</summary>
internal sealed class WireEar : IDisposable
{
    // packet(7), socket(7): not all of it has names in .NET.
    private const int SocketLevel = 1;
    private const int ReceiveBufferForce = 33;
    private const int BufferBytes = 64 * 1024 * 1024;
    private const ushort Ipv4Type = 0x0800;
    private const int TypeAt = 12;
    private const int PacketAt = 14;
    private const int ProtocolAt = PacketAt + 9;

    private readonly Socket _socket;
    private readonly Thread _hearing;
    private readonly Lock _gate = new();
    private readonly Dictionary<IpAddress, long> _announced = [];
    private readonly List<(long At, IpAddress Source, byte Router)> _adverts = [];
    private volatile bool _ended;
    private long _lastAdvertAt;

    internal WireEar(string space)
    {
        _socket = NetworkNamespace.InNamed(space, () => new Socket(
            AddressFamily.Packet, SocketType.Raw, (ProtocolType)BinaryPrimitives.ReverseEndianness((ushort)3)) { ReceiveTimeout = 100 });
        _socket.SetRawSocketOption(SocketLevel, ReceiveBufferForce, BitConverter.GetBytes(BufferBytes));
        _hearing = new Thread(Hear) { IsBackground = true };
        _hearing.Start();
    }

    /// <summary>Adverts are written down from now on, or no more.</summary>
    internal bool IsRecording { get; set; }

    /// <summary>By <see cref="Stopwatch"/>; zero: none yet.</summary>
    internal long LastAdvertAt => Interlocked.Read(ref _lastAdvertAt);

    internal int AnnouncedCount
    {
        get
        {
            lock (_gate)
            {
                return _announced.Count;
            }
        }
    }

    /// <summary>When the last of the addresses was announced for the first time.</summary>
    internal long AllAnnouncedAt
    {
        get
        {
            lock (_gate)
            {
                return _announced.Values.Max();
            }
        }
    }

    internal List<(long At, IpAddress Source, byte Router)> TakeAdverts()
    {
        lock (_gate)
        {
            List<(long, IpAddress, byte)> taken = [.. _adverts];
            _adverts.Clear();
            return taken;
        }
    }

    public void Dispose()
    {
        _ended = true;
        _hearing.Join();
        _socket.Dispose();
    }

    private void Hear()
    {
        Neighbours.Outrank();
        var frame = new byte[2048];
        while (!_ended)
        {
            try
            {
                int lengthBytes = _socket.Receive(frame);
                Take(frame.AsSpan(0, lengthBytes), Stopwatch.GetTimestamp());
            }
            catch (SocketException nothing) when (nothing.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                // Nobody speaks.
            }
        }
    }

    private void Take(ReadOnlySpan<byte> frame, long now)
    {
        if (frame.Length < PacketAt + 28)
        {
            return;
        }

        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[TypeAt..]);
        if (type == ArpPacket.EtherType && ArpPacket.TryParse(frame, out ArpPacket arp) == ArpParseError.None
            && arp.SenderAddress == arp.TargetAddress)
        {
            lock (_gate)
            {
                _announced.TryAdd(arp.SenderAddress, now);
            }
        }
        else if (type == Ipv4Type && frame[ProtocolAt] == VrrpAdvert.IpProtocol
            && Ipv4Header.TryParse(frame[PacketAt..], out Ipv4Header header) == Ipv4ParseError.None)
        {
            Interlocked.Exchange(ref _lastAdvertAt, now);
            if (IsRecording)
            {
                lock (_gate)
                {
                    _adverts.Add((now, header.Source, frame[PacketAt + header.HeaderLengthBytes + 1]));
                }
            }
        }
    }
}
