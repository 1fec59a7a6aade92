using System.Runtime.InteropServices;

namespace Pointsman.Linux;

/// <summary>A file descriptor with an owner: closed once, and never while a call is using it.</summary>
public sealed unsafe class FileDescriptor : SafeHandle
{
    internal FileDescriptor(int descriptor)
        : base(invalidHandleValue: -1, ownsHandle: true)
    {
        SetHandle(descriptor);
    }

    private FileDescriptor(int descriptor, bool ownsHandle)
        : base(invalidHandleValue: -1, ownsHandle) => SetHandle(descriptor);

    public override bool IsInvalid => handle < 0;

    /// <summary>One of the process's own streams (0, 1, 2), which is not closed with this object.</summary>
    public static FileDescriptor ForStandardStream(int number) => new(number, ownsHandle: false);

    /// <summary>Reads what is there. Zero: the other end is closed.</summary>
    /// <returns>False when the descriptor is non-blocking and nothing is there.</returns>
    public bool TryRead(Span<byte> buffer, out int countBytes)
    {
        while (true)
        {
            nint result;
            fixed (byte* pointer = buffer)
            {
                result = LibC.Read(this, pointer, (nuint)buffer.Length);
            }

            countBytes = (int)Math.Max(result, 0);
            if (result >= 0)
            {
                return true;
            }

            switch (LibC.LastError)
            {
                case Errno.Interrupted:
                    continue;
                case Errno.TryAgain:
                    return false;
                default:
                    throw ErrnoException.Last("read");
            }
        }
    }

    /// <summary>Writes without waiting.</summary>
    /// <returns>False when the descriptor is non-blocking and takes nothing now, or when nobody reads any more.</returns>
    public bool TryWrite(ReadOnlySpan<byte> bytes, out int countBytes)
    {
        while (true)
        {
            nint result;
            fixed (byte* pointer = bytes)
            {
                result = LibC.Write(this, pointer, (nuint)bytes.Length);
            }

            countBytes = (int)Math.Max(result, 0);
            if (result >= 0)
            {
                return true;
            }

            switch (LibC.LastError)
            {
                case Errno.Interrupted:
                    continue;
                case Errno.TryAgain:
                case Errno.BrokenPipe:
                    return false;
                default:
                    throw ErrnoException.Last("write");
            }
        }
    }

    public void SetNonBlocking()
    {
        int flags = LibC.FileControl(this, LibC.F_GETFL, 0);
        if (flags < 0 || LibC.FileControl(this, LibC.F_SETFL, flags | LibC.O_NONBLOCK) < 0)
        {
            throw ErrnoException.Last("fcntl(O_NONBLOCK)");
        }
    }

    protected override bool ReleaseHandle() => LibC.Close(handle) == 0;
}
