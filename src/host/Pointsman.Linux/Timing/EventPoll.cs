using System.Net.Sockets;

namespace Pointsman.Linux.Timing;

/// <summary>Waits for many descriptors at once (epoll, level-triggered). Waiting allocates nothing.</summary>
public sealed unsafe class EventPoll : IDisposable
{
    private const int Capacity = 64;

    private readonly FileDescriptor _poll;
    private readonly byte[] _events = GC.AllocateArray<byte>(Capacity * 16, pinned: true);
    private int _readyCount;

    public EventPoll()
    {
        int descriptor = LibCTime.PollCreate(LibCTime.EPOLL_CLOEXEC);
        _poll = descriptor < 0 ? throw ErrnoException.Last("epoll_create1") : new FileDescriptor(descriptor);
    }

    /// <summary>Watches for input; <paramref name="token"/> comes back with each event.</summary>
    public void Add(FileDescriptor descriptor, uint token)
    {
        var what = new EpollEvent(LibCTime.EPOLLIN, token);
        if (LibCTime.PollControl(_poll, LibCTime.EPOLL_CTL_ADD, descriptor, &what) < 0)
        {
            throw ErrnoException.Last("epoll_ctl(EPOLL_CTL_ADD)");
        }
    }

    /// <summary>Watches a connection that is under way for its outcome, which comes once. Closing the socket ends it, too.</summary>
    public void AddOnce(SafeSocketHandle socket, uint token)
    {
        var what = new EpollEvent(LibCTime.EPOLLOUT | LibCTime.EPOLLONESHOT, token);
        if (LibCTime.PollControl(_poll, LibCTime.EPOLL_CTL_ADD, socket, &what) < 0)
        {
            throw ErrnoException.Last("epoll_ctl(EPOLL_CTL_ADD)");
        }
    }

    public void Remove(FileDescriptor descriptor)
    {
        var what = default(EpollEvent);
        if (LibCTime.PollControl(_poll, LibCTime.EPOLL_CTL_DEL, descriptor, &what) < 0)
        {
            throw ErrnoException.Last("epoll_ctl(EPOLL_CTL_DEL)");
        }
    }

    /// <summary>Waits until something is ready or the time is over; the number of ready descriptors.</summary>
    /// <param name="timeoutMs">Negative: for ever.</param>
    public int Wait(int timeoutMs)
    {
        int count;
        fixed (byte* events = _events)
        {
            count = LibCTime.PollWait(_poll, (EpollEvent*)events, Capacity, timeoutMs);
        }

        if (count < 0)
        {
            // A signal is no news for a level-triggered wait: the caller comes round again.
            _readyCount = 0;
            return LibC.LastError == Errno.Interrupted ? 0 : throw ErrnoException.Last("epoll_wait");
        }

        _readyCount = count;
        return count;
    }

    /// <summary>The event with this index from the last <see cref="Wait"/>.</summary>
    public EpollEvent Ready(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _readyCount);
        fixed (byte* events = _events)
        {
            // The last element of a packed array is shorter than the structure; the buffer has room for sixteen each.
            return *(EpollEvent*)(events + (index * EpollEvent.SizeBytes));
        }
    }

    public void Dispose() => _poll.Dispose();
}
