namespace Pointsman.Linux.Processes;

/// <summary>
/// A pipe with a name in the file system, open for writing. It is open for reading too, so that it lives, and keeps what
/// fits into it, while nobody reads.
/// </summary>
public sealed class NamedPipe : IDisposable
{
    private const uint PrivateMode = 0x180;      // 0600
    private const uint GroupMode = 0x1b0;        // 0660
    private const uint MaskedMode = 0x1a4;       // 0644
    private const uint Unchanged = uint.MaxValue;

    private readonly FileDescriptor _pipe;

    private NamedPipe(FileDescriptor pipe, bool isNew)
    {
        _pipe = pipe;
        IsNew = isNew;
    }

    /// <summary>It was made here, and did not lie there before.</summary>
    public bool IsNew { get; }

    /// <param name="userId">Who owns a pipe that is made; null: this process.</param>
    /// <param name="groupId">Whose group may read it; null: nobody's.</param>
    /// <exception cref="ErrnoException">It cannot be made or opened, or something else has that name.</exception>
    public static NamedPipe Open(string path, uint? userId, uint? groupId)
    {
        uint mode = ModeFor(PrivateMode);
        bool isNew = LibCAccounts.MakePipe(path, mode) == 0;
        if (!isNew && LibC.LastError != Errno.Exists)
        {
            throw ErrnoException.Last($"mkfifo({path})");
        }

        int descriptor = LibC.Open(path, LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC | LibC.O_NOFOLLOW, 0);
        if (descriptor < 0)
        {
            throw ErrnoException.Last($"open({path})");
        }

        var pipe = new FileDescriptor(descriptor);
        try
        {
            if (!LibCAccounts.IsPipe(pipe))
            {
                throw new ErrnoException($"{path} is no named pipe", Errno.Exists);
            }

            if (isNew && (userId is not null || groupId is not null)
                && (LibCAccounts.ChangeOwner(pipe, userId ?? Unchanged, groupId ?? Unchanged) < 0
                    || LibCAccounts.ChangeMode(pipe, groupId is null ? mode : ModeFor(GroupMode)) < 0))
            {
                throw ErrnoException.Last($"fchown({path})");
            }
        }
        catch (ErrnoException)
        {
            pipe.Dispose();
            throw;
        }

        return new NamedPipe(pipe, isNew);
    }

    /// <summary>Puts all of it in, or nothing: a line of up to 4096 bytes is never torn.</summary>
    /// <returns>False when there is no room because nobody reads.</returns>
    public bool TryWrite(ReadOnlySpan<byte> line) => _pipe.TryWrite(line, out _);

    public void Dispose() => _pipe.Dispose();

    private static uint ModeFor(uint usual) => (uint)ProcessControl.ModeOf((UnixFileMode)usual, (UnixFileMode)MaskedMode);
}
