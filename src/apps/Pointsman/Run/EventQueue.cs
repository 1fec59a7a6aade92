using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Pointsman.App.Run;

/// <summary>
/// What has happened, until the thread that made the queue takes it. Others wait when it is full; that thread never does, for
/// nobody else would make room.
/// </summary>
internal sealed class EventQueue<T>(int capacity) : IDisposable
    where T : class
{
    private readonly BlockingCollection<T> _posted = new(capacity);
    private readonly Queue<T> _own = [];
    private readonly int _owner = Environment.CurrentManagedThreadId;

    /// <summary>For the owner: how many wait.</summary>
    internal int Count => _posted.Count + _own.Count;

    /// <summary>After the end of the queue nothing happens: nobody is left to care.</summary>
    internal void Post(T happened)
    {
        if (Environment.CurrentManagedThreadId == _owner)
        {
            _own.Enqueue(happened);
            return;
        }

        try
        {
            _posted.Add(happened);
        }
        catch (Exception late) when (late is ObjectDisposedException or InvalidOperationException)
        {
            // It has ended.
        }
    }

    /// <summary>For the owner alone. Its own come first: they follow from what it has just handled.</summary>
    internal bool TryTake([NotNullWhen(true)] out T? happened, int timeoutMs) =>
        _own.TryDequeue(out happened) || _posted.TryTake(out happened, timeoutMs);

    public void Dispose() => _posted.Dispose();
}
