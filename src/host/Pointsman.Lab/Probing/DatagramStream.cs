using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pointsman.Lab.Probing;

/* UDP repairs nothing, so that what is lost on the way is seen as it is: each flow is a socket of its own that counts what it sends, and
   knows which numbers came back. One thread sends and receives; reports come from another. */

/// <summary>Flows of numbered datagrams to an echo, at a steady pace.</summary>
internal sealed class DatagramStream : IDisposable
{
    internal const int NumberBytes = 4;

    private const int QueueBytes = 4 << 20;
    private const int NamedCount = 20;
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(2);

    /// <summary>What is sent at once when the machine was held up: not all that was not sent meanwhile.</summary>
    private static readonly TimeSpan MostAtOnce = TimeSpan.FromMilliseconds(20);

    private readonly Lock _guard = new();
    private readonly Flow[] _flows;
    private readonly double _perSecond;
    private readonly Thread _thread;
    private readonly byte[] _buffer = new byte[256];
    private long _sent;
    private long _doubled;
    private long _refused;
    private int _turn;
    private bool _isPaused;
    private bool _isEnding;

    internal DatagramStream(IPEndPoint service, int flows, double perSecond)
    {
        _perSecond = perSecond;
        _flows = [.. Enumerable.Range(0, flows).Select(_ => new Flow(service))];
        _thread = new Thread(Run) { IsBackground = true, Name = "datagrams" };
        _thread.Start();
    }

    internal void Pause(bool pause)
    {
        lock (_guard)
        {
            _isPaused = pause;
        }
    }

    /// <summary>What was sent so far counts no more.</summary>
    internal void Forget()
    {
        lock (_guard)
        {
            _sent = _doubled = _refused = 0;
            foreach (Flow flow in _flows)
            {
                flow.Forget();
            }
        }
    }

    internal DatagramReport Report()
    {
        lock (_guard)
        {
            var perServer = new SortedDictionary<string, int>(StringComparer.Ordinal);
            foreach (string server in _flows.Select(flow => flow.Server).OfType<string>())
            {
                perServer[server] = perServer.GetValueOrDefault(server) + 1;
            }

            return new DatagramReport(
                _sent,
                _flows.Sum(flow => flow.Missing.Count),
                _doubled,
                _refused,
                _flows.Count(flow => flow.HasMoved),
                perServer,
                [.. _flows.SelectMany((flow, at) => flow.Missing.Select(number => FormattableString.Invariant($"{at}:{number}"))).Take(NamedCount)]);
        }
    }

    public void Dispose()
    {
        lock (_guard)
        {
            _isEnding = true;
        }

        _thread.Join();
        foreach (Flow flow in _flows)
        {
            flow.Socket.Dispose();
        }
    }

    private void Run()
    {
        double owed = 0;
        long before = Stopwatch.GetTimestamp();
        while (true)
        {
            long now = Stopwatch.GetTimestamp();
            TimeSpan passed = Stopwatch.GetElapsedTime(before, now);
            before = now;
            lock (_guard)
            {
                if (_isEnding)
                {
                    return;
                }

                owed = _isPaused ? 0 : owed + ((passed < MostAtOnce ? passed : MostAtOnce).TotalSeconds * _perSecond);
                for (; owed >= 1; owed--)
                {
                    Send(_flows[_turn++ % _flows.Length]);
                }

                foreach (Flow flow in _flows)
                {
                    Receive(flow);
                }
            }

            Thread.Sleep(Breath);
        }
    }

    private void Send(Flow flow)
    {
        int number = flow.Next++;
        flow.Missing.Add(number);
        _sent++;
        BinaryPrimitives.WriteInt32BigEndian(_buffer, number);
        try
        {
            flow.Socket.Send(_buffer.AsSpan(0, NumberBytes));
        }
        catch (SocketException)
        {
            _refused++;      // of one before; this one stays missing
        }
    }

    private void Receive(Flow flow)
    {
        while (flow.Socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            int count;
            try
            {
                count = flow.Socket.Receive(_buffer);
            }
            catch (SocketException)
            {
                _refused++;
                continue;
            }

            int number = BinaryPrimitives.ReadInt32BigEndian(_buffer);
            if (number >= flow.First)
            {
                _doubled += flow.Missing.Remove(number) ? 0 : 1;
                flow.Hear(Encoding.ASCII.GetString(_buffer, NumberBytes, count - NumberBytes));
            }
        }
    }

    private sealed class Flow
    {
        internal Flow(IPEndPoint service)
        {
            Socket = new Socket(service.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = QueueBytes };
            Socket.Connect(service);
        }

        internal Socket Socket { get; }

        internal int Next { get; set; }

        /// <summary>The first number that counts.</summary>
        internal int First { get; private set; }

        internal SortedSet<int> Missing { get; } = [];

        internal string? Server { get; private set; }

        internal bool HasMoved { get; private set; }

        internal void Hear(string server)
        {
            HasMoved |= Server is not null && Server != server;
            Server = server;
        }

        internal void Forget()
        {
            First = Next;
            Missing.Clear();
            HasMoved = false;
        }
    }
}
