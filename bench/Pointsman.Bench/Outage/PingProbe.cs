using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Pointsman.Linux.Network;

namespace Pointsman.Bench.Outage;

/// <summary>Pings an address at a fixed pace, and tells how long it did not answer.</summary>
internal sealed class PingProbe : IDisposable
{
    private const int HeaderBytes = 8;
    private const int Ipv4HeaderBytes = 20;
    private const byte EchoRequest = 8;
    private const byte EchoReply = 0;
    private static readonly TimeSpan s_shortestSleep = TimeSpan.FromMilliseconds(1);
    /// <summary>A ping that has no answer after this long is lost; younger ones are not judged.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);
    private readonly Socket _socket;
    private readonly EndPoint _target;
    private readonly TimeSpan _interval;
    private readonly Lock _gate = new();
    private readonly List<Echo> _echoes = [];
    private long _removedCount;
    private readonly Thread _asking;
    private readonly Thread _hearing;
    private volatile bool _ended;

    /// <param name="networkFile">The network namespace to ping from.</param>
    internal PingProbe(string networkFile, IPAddress target, TimeSpan interval)
    {
        // A socket stays in the namespace it was made in.
        _socket = NetworkNamespace.InFile(
            networkFile, () => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp) { ReceiveTimeout = 100 });
        _target = new IPEndPoint(target, 0);
        _interval = interval;
        _asking = new Thread(Ask) { IsBackground = true };
        _hearing = new Thread(Hear) { IsBackground = true };
        _asking.Start();
        _hearing.Start();
    }

    /// <summary>
    /// The longest outage since the last call: from the last answered echo before a lost one to the first answered one after
    /// it, by when they were sent; zero when none was lost.
    /// </summary>
    internal TimeSpan TakeOutage()
    {
        // What was sent a moment ago may be answered yet.
        long now = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            int overCount = _echoes.FindLastIndex(echo => Stopwatch.GetElapsedTime(echo.SentAt, now) > Patience) + 1;
            List<Echo> over = _echoes[..overCount];
            _echoes.RemoveRange(0, overCount);
            _removedCount += overCount;
            TimeSpan longest = TimeSpan.Zero;
            long? lastAnswered = null;
            bool hasLost = false;
            foreach (Echo echo in over)
            {
                if (!echo.IsAnswered)
                {
                    hasLost = true;
                    continue;
                }

                if (hasLost && lastAnswered is { } before)
                {
                    TimeSpan gap = Stopwatch.GetElapsedTime(before, echo.SentAt);
                    longest = gap > longest ? gap : longest;
                }

                lastAnswered = echo.SentAt;
                hasLost = false;
            }

            return longest;
        }
    }

    /// <summary>Whether all echoes of the last while were answered, but for those that may be answered yet.</summary>
    internal bool IsAnswered(TimeSpan window)
    {
        long now = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            // From the last one back: what is older than the window may be minutes long.
            var recent = new List<Echo>();
            for (int i = _echoes.Count - 1; i >= 0 && Stopwatch.GetElapsedTime(_echoes[i].SentAt, now) is var age && age < Patience + window; i--)
            {
                if (age > Patience)
                {
                    recent.Add(_echoes[i]);
                }
            }

            return recent.Count > window / _interval / 4 && recent.TrueForAll(echo => echo.IsAnswered);
        }
    }

    public void Dispose()
    {
        _ended = true;
        _asking.Join();
        _hearing.Join();
        _socket.Dispose();
    }

    private void Ask()
    {
        Measuring.Neighbours.Outrank();
        long begin = Stopwatch.GetTimestamp();
        for (long count = 0; !_ended; count++)
        {
            byte[] echo = new byte[HeaderBytes];
            echo[0] = EchoRequest;
            BinaryPrimitives.WriteUInt16BigEndian(echo.AsSpan(6), unchecked((ushort)count));
            BinaryPrimitives.WriteUInt16BigEndian(echo.AsSpan(2), Base.InternetChecksum.Compute(echo));
            lock (_gate)
            {
                _echoes.Add(new Echo(Stopwatch.GetTimestamp()));
            }

            try
            {
                _socket.SendTo(echo, _target);
            }
            catch (SocketException)
            {
                // The neighbour does not answer: an echo without an answer, like any other.
            }

            TimeSpan rest = (_interval * (count + 1)) - Stopwatch.GetElapsedTime(begin);
            if (rest > TimeSpan.Zero)
            {
                // Part of a millisecond would not be slept but spun.
                Thread.Sleep(rest > s_shortestSleep ? rest : s_shortestSleep);
            }
        }
    }

    private void Hear()
    {
        Measuring.Neighbours.Outrank();
        var packet = new byte[1500];
        while (!_ended)
        {
            try
            {
                int lengthBytes = _socket.Receive(packet);
                if (lengthBytes >= Ipv4HeaderBytes + HeaderBytes && packet[Ipv4HeaderBytes] == EchoReply)
                {
                    Answered(BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(Ipv4HeaderBytes + 6)));
                }
            }
            catch (SocketException nothing) when (nothing.SocketErrorCode is not SocketError.OperationAborted)
            {
                // No answer for a while (or an unreachable one): that is what is being measured.
            }
        }
    }

    private void Answered(ushort number)
    {
        lock (_gate)
        {
            // Numbers come again after 65,536: the latest is meant.
            long last = _removedCount + _echoes.Count - 1;
            long index = last - unchecked((ushort)(last - number)) - _removedCount;
            if (index >= 0)
            {
                _echoes[(int)index].IsAnswered = true;
            }
        }
    }

    private sealed class Echo(long sentAt)
    {
        internal long SentAt { get; } = sentAt;

        internal bool IsAnswered { get; set; }
    }
}
