using System.Diagnostics.CodeAnalysis;

namespace Pointsman.App.Run;

/// <summary>
/// What has happened, until the thread that made the queue takes it. Others wait when it is full; that thread never does, for
/// nobody else would make room.
/// </summary>
internal sealed class EventQueue<T>(int capacity) : IDisposable
    where T : class
{
    // Not a BlockingCollection: whoever waits for that one spins first, and here is somebody waiting a thousand times a second.
    private readonly object _gate = new();
    private readonly Queue<T> _posted = [];
    private readonly Queue<T> _own = [];
    private readonly int _owner = Environment.CurrentManagedThreadId;
    private int _waitingToPost;
    private bool _ownerWaits;
    private bool _hasEnded;

    /// <summary>For the owner: how many wait.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _posted.Count + _own.Count;
            }
        }
    }

    /// <summary>After the end of the queue nothing happens: nobody is left to care.</summary>
    internal void Post(T happened)
    {
        if (Environment.CurrentManagedThreadId == _owner)
        {
            _own.Enqueue(happened);
            return;
        }

        lock (_gate)
        {
            while (_posted.Count >= capacity && !_hasEnded)
            {
                _waitingToPost++;
                Monitor.Wait(_gate);
                _waitingToPost--;
            }

            if (_hasEnded)
            {
                return;
            }

            _posted.Enqueue(happened);
            if (_ownerWaits)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>For the owner alone. Its own come first: they follow from what it has just handled.</summary>
    internal bool TryTake([NotNullWhen(true)] out T? happened, int timeoutMs)
    {
        if (_own.TryDequeue(out happened))
        {
            return true;
        }

        lock (_gate)
        {
            if (_posted.Count == 0 && timeoutMs > 0)
            {
                // Woken for nothing it is back early; its caller comes round again.
                _ownerWaits = true;
                Monitor.Wait(_gate, timeoutMs);
                _ownerWaits = false;
            }

            if (!_posted.TryDequeue(out happened))
            {
                return false;
            }

            if (_waitingToPost > 0)
            {
                Monitor.PulseAll(_gate);
            }

            return true;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _hasEnded = true;
            Monitor.PulseAll(_gate);
        }
    }
}
