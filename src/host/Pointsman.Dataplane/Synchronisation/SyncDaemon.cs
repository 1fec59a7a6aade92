using System.Collections.Immutable;
using Pointsman.Dataplane.Tables;
using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Wire.Synchronisation;

namespace Pointsman.Dataplane.Synchronisation;

/* A master tells; it also hears, because a backup that has come says so, with a message that has no entry: IPVS takes nothing from
   that, and a master of ours tells all it has. A backup hears; it speaks that one word. */

/// <summary>A master or a backup: its sockets, what goes out and comes in by them, and the count of it.</summary>
internal sealed class SyncDaemon : IDisposable
{
    /// <summary>Some 4,000 messages: what comes while the table is looked through.</summary>
    private const int ReceiveBufferBytes = 8 << 20;

    /// <summary>At most so many in a row, so that what else is due gets its turn.</summary>
    private const int MessagesInARow = 256;

    /// <summary>Who asks sooner, anybody, waits: the wire is not theirs to fill.</summary>
    private const int LeastBetweenRoundsMs = 1_000;

    /// <summary>After a message that did not go out.</summary>
    private const int RetryMs = 2_000;

    /// <summary>A backup says so often that it has come: a switch may not let the first word through yet.</summary>
    private const int Greetings = 2;

    private const int GreetAgainMs = 6_000;
    private const int StepMs = 10;

    private readonly GroupSocket _sender;
    private readonly GroupSocket _listener;
    private readonly SyncMessageWriter _writer;
    private readonly byte[] _buffer = new byte[ushort.MaxValue];
    private readonly List<SyncEntry> _entries = [];
    private readonly long[] _malformed = new long[Enum.GetValues<SyncParseError>().Length];
    private SyncOutlet? _outlet;
    private SyncInlet? _inlet;
    private PinnedTables? _tables;
    private int _greetings;
    private long _dueAtMs;
    private long _stepAtMs;
    private long _roundAtMs = long.MinValue / 2;
    private long _messages;
    private long _told;
    private long _rounds;
    private bool _isAsked;
    private long _retryAtMs = long.MaxValue;
    private long _otherSyncId;
    private long _failures;
    private string? _lastError;

    /// <summary>Opens the sockets, in the network namespace of the calling thread.</summary>
    internal SyncDaemon(SyncRole role, SyncSettings settings, NetworkLink link)
    {
        Role = role;
        InterfaceIndex = link.Index;
        Settings = settings.For(role, link.Mtu);
        _writer = new SyncMessageWriter(settings.SyncId, Settings.MaxLengthBytes);
        _sender = GroupSocket.OpenSender(settings.Group, settings.Port, link.Index, settings.TimeToLive);
        try
        {
            _listener = GroupSocket.OpenListener(settings.Group, settings.Port, link.Index, link.Name, ReceiveBufferBytes);
        }
        catch
        {
            _sender.Dispose();
            throw;
        }
    }

    internal SyncRole Role { get; }

    internal SyncSettings Settings { get; }

    internal int InterfaceIndex { get; }

    internal FileDescriptor Descriptor => _listener.Descriptor;

    /// <summary>When it wants to be called again, at the latest.</summary>
    internal long DueAtMs => _outlet is { IsTellingAll: true } ? Math.Min(_stepAtMs, _dueAtMs)
        : _outlet is not null || _greetings > 0 ? _dueAtMs
        : long.MaxValue;

    /// <summary>There is a data path now.</summary>
    internal void Begin(PinnedTables tables, SyncMemory memory, SyncOwnership ownership)
    {
        if (Role == SyncRole.Master)
        {
            _outlet = new SyncOutlet(tables, memory, ownership, Tell);
            BeginRound();
            return;
        }

        _inlet = new SyncInlet(tables, memory, ownership);
        _tables = tables;
        _greetings = Greetings;
    }

    /// <summary>Tells what is due.</summary>
    internal void Turn()
    {
        if (_outlet is null)
        {
            Greet();
            return;
        }

        bool isWanted = _isAsked || Environment.TickCount64 >= _retryAtMs;
        if (isWanted && !_outlet.IsTellingAll && Environment.TickCount64 - _roundAtMs >= LeastBetweenRoundsMs)
        {
            BeginRound();
        }

        if (_outlet.IsTellingAll && Environment.TickCount64 >= _stepAtMs)
        {
            _outlet.Step();
            _stepAtMs = Environment.TickCount64 + StepMs;
        }

        if (Environment.TickCount64 >= _dueAtMs)
        {
            _outlet.Scan();
            _dueAtMs = Environment.TickCount64 + SyncOutlet.ScanIntervalMs;
        }

        Flush();
    }

    /// <summary>Tells what is new, due or not.</summary>
    internal void LastTurn()
    {
        _outlet?.Scan(isLast: true);
        Flush();
    }

    /// <summary>Takes what has come.</summary>
    internal void Hear()
    {
        for (int i = 0; i < MessagesInARow && _listener.TryReceive(_buffer, out int lengthBytes); i++)
        {
            Hear(_buffer.AsSpan(0, lengthBytes));
        }
    }

    internal SyncDaemonReport Report() => new(Role, Settings)
    {
        Messages = _messages,
        Entries = Role == SyncRole.Master ? _told : _inlet?.Entries ?? 0,
        FullRounds = _rounds,
        Unsendable = _outlet?.Unsendable ?? 0,
        SendFailures = _failures,
        LastError = _lastError,
        Taken = _inlet?.Taken ?? 0,
        Updated = _inlet?.Updated ?? 0,
        Unchanged = _inlet?.Unchanged ?? 0,
        OtherSyncId = _otherSyncId,
        HasTables = _outlet is not null || _inlet is not null,
        Refused = Enum.GetValues<SyncRefusal>().Select(why => (why, _inlet?.Refused(why) ?? 0)).Where(count => count.Item2 > 0)
            .ToImmutableSortedDictionary(count => count.why, count => count.Item2),
        Malformed = Enum.GetValues<SyncParseError>().Where(error => _malformed[(int)error] > 0)
            .ToImmutableSortedDictionary(error => error, error => _malformed[(int)error]),
    };

    public void Dispose()
    {
        _sender.Dispose();
        _listener.Dispose();
    }

    private void Hear(ReadOnlySpan<byte> message)
    {
        _entries.Clear();
        SyncParseError error = SyncMessage.TryParse(message, _entries, out SyncHeader header);
        if (Role == SyncRole.Master)
        {
            // Sync id 0 is that of a backup which takes what comes under any.
            _isAsked |= error == SyncParseError.None && header is { Version: 1, Count: 0 } && (header.SyncId == Settings.SyncId || header.SyncId == 0);
            return;
        }

        if (error != SyncParseError.None)
        {
            _malformed[(int)error]++;
        }

        if (error is SyncParseError.TooShort or SyncParseError.Size)
        {
            return;
        }

        if (Settings.SyncId != 0 && header.SyncId != Settings.SyncId)
        {
            _otherSyncId++;
            return;
        }

        _messages++;
        _inlet?.Take(_entries, header.SkippedCount);
    }

    // Before there is a server here, nothing that is told could be taken.
    private void Greet()
    {
        if (_greetings == 0 || Environment.TickCount64 < _dueAtMs)
        {
            return;
        }

        bool canTake = _tables!.UsedSlots().Count > 0;
        if (canTake)
        {
            Send();
        }

        bool wasSent = canTake && _lastError is null;
        _greetings -= wasSent ? 1 : 0;
        _dueAtMs = Environment.TickCount64 + (wasSent ? GreetAgainMs : SyncOutlet.ScanIntervalMs);
    }

    private void BeginRound()
    {
        _isAsked = false;
        _retryAtMs = long.MaxValue;
        _roundAtMs = Environment.TickCount64;
        _rounds++;
        _outlet!.BeginAll();
    }

    private void Tell(SyncEntry entry)
    {
        _told++;
        if (!_writer.TryAdd(entry))
        {
            Send();
            _writer.TryAdd(entry);
        }
    }

    private void Flush()
    {
        if (_writer.Count > 0)
        {
            Send();
        }
    }

    private void Send()
    {
        if (_sender.TrySend(_writer.Finish(), out int errno))
        {
            _messages += Role == SyncRole.Master ? 1 : 0;

            _lastError = null;
            return;
        }

        // What did not go out counts as told: all is told again, later, for there may be nothing new that would notice a way.
        _failures++;
        _retryAtMs = Math.Min(_retryAtMs, Environment.TickCount64 + RetryMs);
        _lastError = ErrnoException.Text(errno);
    }
}
