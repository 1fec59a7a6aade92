using System.Buffers.Binary;

namespace Pointsman.Linux.Timing;

/// <summary>An eventfd: any thread wakes the one that polls <see cref="Descriptor"/>.</summary>
public sealed class WakeEvent : IDisposable
{
    public WakeEvent()
    {
        int descriptor = LibCTime.EventCreate(0, LibCTime.EFD_NONBLOCK | LibCTime.EFD_CLOEXEC);
        Descriptor = descriptor < 0 ? throw ErrnoException.Last("eventfd") : new FileDescriptor(descriptor);
    }

    public FileDescriptor Descriptor { get; }

    public void Signal()
    {
        Span<byte> one = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(one, 1);
        if (!BitConverter.IsLittleEndian)
        {
            one.Reverse();
        }

        Descriptor.TryWrite(one, out _);
    }

    public void Acknowledge()
    {
        Span<byte> count = stackalloc byte[8];
        Descriptor.TryRead(count, out _);
    }

    public void Dispose() => Descriptor.Dispose();
}
