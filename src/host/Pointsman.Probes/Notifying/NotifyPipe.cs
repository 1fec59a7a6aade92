using System.Text;
using Pointsman.Health;
using Pointsman.Linux;
using Pointsman.Linux.Processes;

namespace Pointsman.Probes.Notifying;

/// <summary>
/// A named pipe that gets a line for each event, and the program that reads it, if it is ours to start. Nothing waits for
/// a reader: what has no room is dropped, and counted. Any thread may write.
/// </summary>
public sealed class NotifyPipe : IAsyncDisposable
{
    // A reader that ended is started again this much later.
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    /// <summary>A pipe holds as much of itself (pipe(7)).</summary>
    private const int WaitingBytes = 65536;

    private readonly string _path;
    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _waiting = new();
    private NamedPipe? _pipe;
    private int _waitingBytes;
    private bool _isRefused;
    private readonly Action<string> _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private bool _isDropping;

    /// <param name="user">Who owns a pipe that is made; null: this process.</param>
    /// <param name="reader">The program that reads it; null: another's affair. The path becomes its last argument.</param>
    /// <param name="former">
    /// The end of one of the same path, whose reader may take a while to go. This one is made after it: until then lines wait here, and
    /// that it cannot be made is said in the log. Null: there is none.
    /// </param>
    /// <exception cref="ErrnoException">The pipe cannot be made.</exception>
    public NotifyPipe(string path, string? user, string? group, ScriptCommand? reader, Action<string> log, Task? former = null)
    {
        _path = path;
        _log = log;
        uint? groupId = group is null ? null : UserAccount.FindGroup(group);
        UserAccount? owner = user is null ? null : UserAccount.Find(user, groupId);
        if ((user is not null && owner is null) || (group is not null && groupId is null))
        {
            throw new ErrnoException($"{path}: there is no such user or group here ({user} {group})", Errno.NoEntry);
        }

        ScriptCommand? command = reader is null ? null : reader with { Arguments = [.. reader.Arguments, path] };
        if (former is { IsCompleted: false })
        {
            _running = FollowAsync(former, () => NamedPipe.Open(path, owner?.UserId, groupId), command);
            return;
        }

        _pipe = NamedPipe.Open(path, owner?.UserId, groupId);
        _running = command is null ? Task.CompletedTask : KeepRunningAsync(command);
    }

    /// <summary>Lines nobody fetched in time.</summary>
    public long Dropped { get; private set; }

    /// <param name="line">With its line end.</param>
    public void Write(string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line);
        lock (_lock)
        {
            if (_pipe is null ? TryKeep(bytes) : _pipe.TryWrite(bytes))
            {
                _isDropping = false;
                return;
            }

            Dropped++;
            if (_isDropping || _isRefused)
            {
                return;
            }

            _isDropping = true;
        }

        _log($"Nobody reads {_path}, and it is full: events are lost there");
    }

    /// <summary>Ends the reader; takes away a pipe that was made here.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        if (_pipe is not { } pipe)
        {
            return;
        }

        pipe.Dispose();
        try
        {
            if (pipe.IsNew)
            {
                File.Delete(_path);
            }
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            _log($"{_path} cannot be removed: {cannot.Message}");
        }
    }

    private bool TryKeep(byte[] line)
    {
        if (_isRefused || _waitingBytes + line.Length > WaitingBytes)
        {
            return false;
        }

        _waiting.Enqueue(line);
        _waitingBytes += line.Length;
        return true;
    }

    private async Task FollowAsync(Task former, Func<NamedPipe> open, ScriptCommand? reader)
    {
        await former.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        try
        {
            Open(open());
        }
        catch (ErrnoException refused)
        {
            lock (_lock)
            {
                _isRefused = true;
                _waiting.Clear();
            }

            _log($"No events go to {_path}: {refused.Message}");
            return;
        }

        if (reader is not null)
        {
            await KeepRunningAsync(reader);
        }
    }

    private void Open(NamedPipe pipe)
    {
        lock (_lock)
        {
            _pipe = pipe;
            while (_waiting.TryDequeue(out byte[]? line))
            {
                Dropped += pipe.TryWrite(line) ? 0 : 1;
            }
        }
    }

    private async Task KeepRunningAsync(ScriptCommand reader)
    {
        try
        {
            while (true)
            {
                ScriptOutcome outcome = await ScriptRunner.RunWhateverComesAsync(reader, Timeout.InfiniteTimeSpan, _stop.Token);
                _log($"The reader of {_path} ended and is started again: {reader.Arguments[0]} {outcome.Reason}");
                await Task.Delay(RestartDelay, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
