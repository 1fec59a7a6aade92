using System.Collections;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Pointsman.Linux.Processes;

/* The runtime starts programs, too, and buries every child of its own before anybody can look: of one that a signal has ended it says
   status 128 and the signal's number, which a program may just as well have left with. The runtime leaves alone whom it has not
   started. */

/// <summary>A program that was started here, with nothing to read, in the root directory; how it ended is known exactly.</summary>
public sealed unsafe class ChildProcess : IDisposable
{
    private static readonly ChildEnds s_ends = new();

    private ChildProcess(int id, Task<ChildEnd> ended, FileDescriptor output, FileDescriptor errors)
    {
        Id = id;
        Ended = ended;
        Output = Reader(output);
        Error = Reader(errors);
    }

    public int Id { get; }

    /// <summary>What it prints.</summary>
    public Stream Output { get; }

    public Stream Error { get; }

    public Task<ChildEnd> Ended { get; }

    /// <param name="arguments">The program first, which PATH finds.</param>
    /// <exception cref="ErrnoException">It cannot be started.</exception>
    public static ChildProcess Start(IReadOnlyList<string> arguments)
    {
        s_ends.Open();
        (FileDescriptor output, FileDescriptor outputEnd) = Pipe();
        using FileDescriptor firstReader = output;
        using FileDescriptor firstEnd = outputEnd;
        (FileDescriptor errors, FileDescriptor errorsEnd) = Pipe();
        using FileDescriptor secondReader = errors;
        using FileDescriptor secondEnd = errorsEnd;
        int errno = Spawn(arguments, firstEnd, secondEnd, out int id);
        return errno == 0
            ? new ChildProcess(id, s_ends.Of(id), firstReader, secondReader)
            : throw new ErrnoException($"posix_spawnp({arguments[0]})", errno);
    }

    /// <summary>Lets go of what it prints; it may run on.</summary>
    public void Dispose()
    {
        Output.Dispose();
        Error.Dispose();
    }

    private static int Spawn(IReadOnlyList<string> arguments, FileDescriptor output, FileDescriptor errors, out int id)
    {
        byte* actions = stackalloc byte[LibCSpawn.OpaqueBytes];
        byte* attributes = stackalloc byte[LibCSpawn.OpaqueBytes];
        byte* signals = stackalloc byte[LibCSpawn.OpaqueBytes];
        using var words = new TextBlock(arguments);
        using var environment = new TextBlock(
            [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}")]);
        _ = LibCSpawn.ActionsBegin(actions);
        _ = LibCSpawn.AttributesBegin(attributes);
        try
        {
            _ = LibCSpawn.ActionsOpen(actions, 0, "/dev/null", LibC.O_RDONLY, 0);
            _ = LibCSpawn.ActionsDuplicate(actions, (int)output.DangerousGetHandle(), 1);
            _ = LibCSpawn.ActionsDuplicate(actions, (int)errors.DangerousGetHandle(), 2);
            ChangeDirectory(actions);

            // The runtime ignores SIGPIPE, and its threads may hold signals back: neither is the program's.
            _ = LibCSpawn.AllSignals(signals);
            _ = LibCSpawn.AttributesDefaults(attributes, signals);
            _ = LibCSpawn.NoSignals(signals);
            _ = LibCSpawn.AttributesMask(attributes, signals);
            _ = LibCSpawn.AttributesFlags(attributes, LibCSpawn.POSIX_SPAWN_SETSIGDEF | LibCSpawn.POSIX_SPAWN_SETSIGMASK);
            int started = 0;
            int errno = LibCSpawn.Spawn(&started, words.First, actions, attributes, words.Pointers, environment.Pointers);
            id = started;
            return errno;
        }
        finally
        {
            _ = LibCSpawn.ActionsEnd(actions);
            _ = LibCSpawn.AttributesEnd(attributes);
        }
    }

    private static void ChangeDirectory(byte* actions)
    {
        try
        {
            _ = LibCSpawn.ActionsChangeDirectory(actions, "/");
        }
        catch (EntryPointNotFoundException)
        {
            // An old C library: the program begins where this one is, which is the root under a service manager.
        }
    }

    private static (FileDescriptor Read, FileDescriptor Write) Pipe()
    {
        int* ends = stackalloc int[2];
        return LibCSpawn.Pipe(ends, LibC.O_CLOEXEC) < 0
            ? throw ErrnoException.Last("pipe2")
            : (new FileDescriptor(ends[0]), new FileDescriptor(ends[1]));
    }

    // The stream's from now on: to dispose of the descriptor does nothing.
    private static AnonymousPipeClientStream Reader(FileDescriptor pipe)
    {
        var handle = new SafePipeHandle(pipe.DangerousGetHandle(), ownsHandle: true);
        pipe.SetHandleAsInvalid();
        return new AnonymousPipeClientStream(PipeDirection.In, handle);
    }

    /// <summary>Texts as C has them: each ends with a zero, and so does their list.</summary>
    private sealed class TextBlock : IDisposable
    {
        private readonly int _count;

        internal TextBlock(IReadOnlyList<string> texts)
        {
            _count = texts.Count;
            Pointers = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (int i = 0; i < _count; i++)
            {
                byte[] bytes = Encoding.UTF8.GetBytes(texts[i]);
                byte* text = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
                bytes.CopyTo(new Span<byte>(text, bytes.Length));
                Pointers[i] = text;
            }
        }

        internal byte** Pointers { get; }

        internal byte* First => Pointers[0];

        public void Dispose()
        {
            for (int i = 0; i < _count; i++)
            {
                NativeMemory.Free(Pointers[i]);
            }

            NativeMemory.Free(Pointers);
        }
    }
}
