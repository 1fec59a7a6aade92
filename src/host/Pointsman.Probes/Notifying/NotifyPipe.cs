using System.Text;
using Pointsman.Health;
using Pointsman.Linux;
using Pointsman.Linux.Processes;

namespace Pointsman.Probes.Notifying;

/// <summary>
/// A named pipe that gets a line for each event, and the program that reads it, if it is ours to start. Nothing waits for
/// a reader: what has no room is dropped, and counted.
/// </summary>
public sealed class NotifyPipe : IAsyncDisposable
{
    // A reader that ended is started again this much later.
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly NamedPipe _pipe;
    private readonly Action<string> _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reader;
    private bool _isDropping;

    /// <param name="user">Who owns a pipe that is made; null: this process.</param>
    /// <param name="reader">The program that reads it; null: another's affair. The path becomes its last argument.</param>
    /// <exception cref="ErrnoException">The pipe cannot be made.</exception>
    public NotifyPipe(string path, string? user, string? group, ScriptCommand? reader, Action<string> log)
    {
        _path = path;
        _log = log;
        uint? groupId = group is null ? null : UserAccount.FindGroup(group);
        UserAccount? owner = user is null ? null : UserAccount.Find(user, groupId);
        if ((user is not null && owner is null) || (group is not null && groupId is null))
        {
            throw new ErrnoException($"{path}: there is no such user or group here ({user} {group})", Errno.NoEntry);
        }

        _pipe = NamedPipe.Open(path, owner?.UserId, groupId);
        _reader = reader is null ? Task.CompletedTask : KeepRunningAsync(reader with { Arguments = [.. reader.Arguments, path] });
    }

    /// <summary>Lines nobody fetched in time.</summary>
    public long Dropped { get; private set; }

    /// <param name="line">With its line end.</param>
    public void Write(string line)
    {
        if (_pipe.TryWrite(Encoding.UTF8.GetBytes(line)))
        {
            _isDropping = false;
            return;
        }

        Dropped++;
        if (!_isDropping)
        {
            _isDropping = true;
            _log($"Nobody reads {_path}, and it is full: events are lost there");
        }
    }

    /// <summary>Ends the reader; takes away a pipe that was made here.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reader;
        _pipe.Dispose();
        _stop.Dispose();
        if (_pipe.IsNew)
        {
            File.Delete(_path);
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
