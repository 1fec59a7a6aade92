using Pointsman.Base;
using Pointsman.Dataplane;
using Pointsman.Linux;
using Pointsman.Linux.Timing;

namespace Pointsman.App.Run;

/// <summary>
/// Looks at the counters time and again. A thread of its own: ten thousand servers are ten thousand questions to the kernel, and the
/// engine has other things to do. It only reads, by a hold of its own on what is pinned.
/// </summary>
internal sealed class RatePart : IDisposable
{
    private readonly string _pinDirectory;
    private readonly TimeSpan _interval;
    private readonly Action<Exception> _failed;
    private readonly ManualResetEventSlim _ends = new();
    private readonly Thread _thread;
    private volatile Rates? _rates;

    /// <param name="failed">Told when the thread ends before its time.</param>
    internal RatePart(string pinDirectory, TimeSpan interval, Action<Exception> failed)
    {
        _pinDirectory = pinDirectory;
        _interval = interval;
        _failed = failed;
        _thread = new Thread(Work) { Name = "rates", IsBackground = true };
    }

    /// <summary>Null: not read twice yet.</summary>
    internal Rates? Now => _rates;

    internal void Start() => _thread.Start();

    public void Dispose()
    {
        _ends.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _ends.Dispose();
    }

    private void Work()
    {
        try
        {
            using XdpDataplaneReader? reader = XdpDataplaneReader.TryOpen(_pinDirectory);
            if (reader is not null)
            {
                Read(reader);
            }
        }
        catch (Exception fault)
        {
            // The edge of the thread: the daemon tells the log. Without it everything but rates goes on.
            _rates = null;
            _failed(fault);
        }
    }

    private void Read(XdpDataplaneReader reader)
    {
        Instant at = MonotonicClock.Now;
        var rates = Rates.Begin(reader.ReadCounters());
        while (!_ends.Wait(_interval))
        {
            CounterReading read = reader.ReadCounters();
            Instant now = MonotonicClock.Now;
            rates = rates.Next(read, now - at);
            (at, _rates) = (now, rates);
        }
    }
}
