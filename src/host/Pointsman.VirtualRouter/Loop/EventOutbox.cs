using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Pointsman.Linux;
using Pointsman.Linux.Timing;
using Pointsman.VirtualRouter.Json;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// Events from the real-time thread to the control process. The real-time thread only puts a value into a bounded queue;
/// wording, JSON and the pipe, which may be full, are a thread's of their own. What has no room is counted and lost.
/// </summary>
internal sealed class EventOutbox : IDisposable
{
    private const int Capacity = 4096;

    // Thousands of addresses announced at one moment must not crowd out the word of who is master: notify scripts and
    // checks hang on it. Room for each of the most instances a host can have to change its state some times.
    private const int CapacityForStates = 4 * Capacity;

    private readonly ConcurrentQueue<Item> _items = new();
    private readonly FileDescriptor _output;
    private readonly WakeEvent _wake = new();
    private readonly ManualResetEventSlim _isDrained = new();
    private int _count;
    private long _dropped;
    private volatile bool _isClosing;

    internal EventOutbox(VrrpRouterSettings settings, FileDescriptor output)
    {
        Router = settings;
        _output = output;
        new Thread(Write) { IsBackground = true, Name = "vrrp-events" }.Start();
    }

    /// <summary>Whose instances are told of from now on; set by the real-time thread.</summary>
    internal VrrpRouterSettings Router { get; set; }

    internal long Dropped => Interlocked.Read(ref _dropped);

    internal void Post(in VrrpEvent happened, byte priority) => Post(new Item(happened, priority, Router, null));

    internal void Post(RoleEvent ready) => Post(new Item(default, 0, null, ready));

    /// <summary>An empty line: the answer to the control process's.</summary>
    internal void PostBeat() => Post(new Item(default, 0, null, null) { IsBeat = true });

    internal void Note(bool isWarning, string text) => Post(new RoleEvent.Noted(isWarning, text));

    /// <summary>Gives the parent a moment to take what is queued.</summary>
    internal void Drain(TimeSpan patience)
    {
        _isClosing = true;
        _wake.Signal();
        _isDrained.Wait(patience);
    }

    public void Dispose() => _isDrained.Dispose();

    private void Post(in Item item)
    {
        if (Interlocked.Increment(ref _count) > (TellsState(item) ? CapacityForStates : Capacity))
        {
            Interlocked.Decrement(ref _count);
            Interlocked.Increment(ref _dropped);
            return;
        }

        _items.Enqueue(item);
        _wake.Signal();
    }

    private static bool TellsState(in Item item) =>
        item.Ready is null && item.Happened.Kind is VrrpEventKind.StateChanged or VrrpEventKind.GroupStateChanged;

    private void Write()
    {
        using var poll = new EventPoll();
        poll.Add(_wake.Descriptor, 0);
        while (true)
        {
            bool isClosing = _isClosing;
            while (_items.TryDequeue(out Item item))
            {
                Interlocked.Decrement(ref _count);
                if (!(item.IsBeat ? TryWrite("\n"u8) : TryWriteLine(JsonSerializer.SerializeToUtf8Bytes(Finish(item), RoleJson.Default.RoleEvent))))
                {
                    Interlocked.Increment(ref _dropped);
                }
            }

            if (isClosing)
            {
                _isDrained.Set();
                return;
            }

            poll.Wait(timeoutMs: -1);
            _wake.Acknowledge();
        }
    }

    private bool TryWriteLine(byte[] json) => TryWrite([.. json, (byte)'\n']);

    private bool TryWrite(ReadOnlySpan<byte> rest)
    {
        while (rest.Length > 0)
        {
            if (!_output.TryWrite(rest, out int count))
            {
                return false;      // nobody reads any more
            }

            rest = rest[count..];
        }

        return true;
    }

    private static RoleEvent Finish(in Item item)
    {
        if (item.Ready is not null)
        {
            return item.Ready;
        }

        VrrpEvent happened = item.Happened;
        VrrpRouterSettings router = item.Router ?? throw new UnreachableException("what happened is of some router");
        string instance = router.Instances[happened.Instance].Name;
        string text = VrrpEventText.Format(happened, router);
        return happened.Kind switch
        {
            VrrpEventKind.StateChanged =>
                new RoleEvent.StateChanged(instance, happened.From, happened.To, item.Priority, happened.Reason, text),
            VrrpEventKind.GroupStateChanged =>
                new RoleEvent.GroupChanged(happened.Subject ?? "", happened.From, happened.To, text),
            _ => new RoleEvent.Reported(instance, happened.Kind, item.Priority, text),
        };
    }

    private readonly record struct Item(VrrpEvent Happened, byte Priority, VrrpRouterSettings? Router, RoleEvent? Ready)
    {
        internal bool IsBeat { get; init; }
    }
}
