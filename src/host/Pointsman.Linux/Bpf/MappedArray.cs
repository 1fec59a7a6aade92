using System.Runtime.InteropServices;

namespace Pointsman.Linux.Bpf;

/// <summary>
/// An mmapable BPF array in this process's memory: the same memory that packets read and write, so every access to a
/// field that the other side writes must be a single aligned one. Must not be used after Dispose.
/// </summary>
public sealed unsafe class MappedArray<T> : SafeHandle
    where T : unmanaged
{
    private readonly nuint _sizeBytes;

    internal MappedArray(FileDescriptor map, int count, bool writable, string name)
        : base(invalidHandleValue: -1, ownsHandle: true)
    {
        Count = count;
        _sizeBytes = RoundToPages((nuint)count * (nuint)sizeof(T));
        int protection = LibCMemory.PROT_READ | (writable ? LibCMemory.PROT_WRITE : 0);
        nint at = LibCMemory.Map(0, _sizeBytes, protection, LibCMemory.MAP_SHARED, map, 0);
        if (at == LibCMemory.MapFailed)
        {
            throw ErrnoException.Last($"mmap({name})");
        }

        SetHandle(at);
    }

    public override bool IsInvalid => handle == LibCMemory.MapFailed;

    public int Count { get; }

    public Span<T> Span => new((void*)handle, Count);

    public ref T this[int index] => ref Span[index];

    protected override bool ReleaseHandle() => LibCMemory.Unmap(handle, _sizeBytes) == 0;

    private static nuint RoundToPages(nuint sizeBytes)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        return (sizeBytes + page - 1) / page * page;
    }
}
