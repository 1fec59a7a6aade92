using System.Runtime.CompilerServices;

namespace Pointsman.Linux.Bpf;

/// <summary>A map in the kernel, by its descriptor.</summary>
public sealed unsafe class BpfMap : IDisposable
{
    private readonly FileDescriptor _descriptor;
    private readonly uint _typesId;

    internal BpfMap(string name, FileDescriptor descriptor)
    {
        Name = name;
        _descriptor = descriptor;
        LibBpf.MapInformation information = default;
        uint sizeBytes = (uint)sizeof(LibBpf.MapInformation);
        BpfError.Check(LibBpf.Information(descriptor, &information, &sizeBytes), $"BPF_OBJ_GET_INFO_BY_FD {name}");
        KeySizeBytes = (int)information.KeySize;
        ValueSizeBytes = (int)information.ValueSize;
        Capacity = (int)information.MaxEntries;
        _typesId = information.TypesId;
        KeyTypeId = (int)information.KeyTypeId;
        ValueTypeId = (int)information.ValueTypeId;
    }

    public string Name { get; }

    public int KeySizeBytes { get; }

    /// <summary>
    /// Of one value; per-CPU maps hand out one for each possible CPU, each in a multiple of eight bytes.
    /// </summary>
    public int ValueSizeBytes { get; }

    /// <summary>The most elements it can hold.</summary>
    public int Capacity { get; }

    /// <summary>In <see cref="ReadTypes"/>.</summary>
    public int KeyTypeId { get; }

    /// <summary>In <see cref="ReadTypes"/>.</summary>
    public int ValueTypeId { get; }

    internal FileDescriptor Descriptor => _descriptor;

    /// <summary>The BTF it was made with, that of the whole object; null: without any.</summary>
    public byte[]? ReadTypes()
    {
        if (_typesId == 0)
        {
            return null;
        }

        nint types = LibBpf.LoadTypes(_typesId);
        if (types == 0)
        {
            throw ErrnoException.Last($"BPF_BTF_GET_FD_BY_ID {Name}");
        }

        uint sizeBytes;
        byte* raw = LibBpf.RawTypes(types, &sizeBytes);
        byte[] copy = new ReadOnlySpan<byte>(raw, (int)sizeBytes).ToArray();
        LibBpf.FreeTypes(types);
        return copy;
    }

    /// <summary>All keys and values of a hash, or an element of each CPU's values, as the kernel lays them out.</summary>
    /// <param name="valueBytes">Of a value; of a per-CPU map all its values together.</param>
    public IEnumerable<(byte[] Key, byte[] Value)> ReadRaw(int valueBytes)
    {
        byte[]? key = null;
        for (int i = 0; i < Capacity && NextRaw(key) is { } next; i++)
        {
            key = next;
            byte[]? value = LookupRaw(next, valueBytes);
            if (value is not null)
            {
                yield return (next, value);
            }
        }
    }

    /// <summary>Null: there is no such element.</summary>
    public byte[]? LookupRaw(ReadOnlySpan<byte> key, int valueBytes)
    {
        var value = new byte[valueBytes];
        fixed (byte* keyAt = key)
        fixed (byte* valueAt = value)
        {
            return Found(LibBpf.Lookup(_descriptor, keyAt, valueAt), "BPF_MAP_LOOKUP_ELEM") ? value : null;
        }
    }

    public void UpdateRaw(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* keyAt = key)
        fixed (byte* valueAt = value)
        {
            BpfError.Check(LibBpf.Update(_descriptor, keyAt, valueAt, LibBpf.BPF_ANY), $"BPF_MAP_UPDATE_ELEM {Name}");
        }
    }

    private byte[]? NextRaw(byte[]? before)
    {
        var next = new byte[KeySizeBytes];
        fixed (byte* beforeAt = before)
        fixed (byte* nextAt = next)
        {
            return Found(LibBpf.NextKey(_descriptor, beforeAt, nextAt), "BPF_MAP_GET_NEXT_KEY") ? next : null;
        }
    }

    /// <summary>The map pinned there, or null when nothing is.</summary>
    public static BpfMap? TryOpen(string path)
    {
        BpfLog.Silence();
        int descriptor = LibBpf.OpenPin(path);
        return descriptor == -Errno.NoEntry
            ? null
            : new BpfMap(Path.GetFileName(path), new FileDescriptor(BpfError.Check(descriptor, $"BPF_OBJ_GET {path}")));
    }

    public void Pin(string path) => BpfError.Check(LibBpf.Pin(_descriptor, path), $"BPF_OBJ_PIN {path}");

    public bool TryLookup<TKey, TValue>(in TKey key, out TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        CheckSizes<TKey, TValue>();
        fixed (TKey* keyAt = &key)
        fixed (TValue* valueAt = &value)
        {
            return Found(LibBpf.Lookup(_descriptor, keyAt, valueAt), "BPF_MAP_LOOKUP_ELEM");
        }
    }

    /// <summary>All CPUs' values of one element of a per-CPU map.</summary>
    public bool TryLookupPerCpu<TKey, TValue>(in TKey key, Span<TValue> values)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        CheckSizes<TKey, TValue>();
        if (values.Length < PossibleCpus.Count || sizeof(TValue) % 8 != 0)
        {
            throw new ArgumentException("a per-CPU value is a multiple of eight bytes for each possible CPU");
        }

        fixed (TKey* keyAt = &key)
        fixed (TValue* valuesAt = values)
        {
            return Found(LibBpf.Lookup(_descriptor, keyAt, valuesAt), "BPF_MAP_LOOKUP_ELEM");
        }
    }

    public void Update<TKey, TValue>(in TKey key, in TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        CheckSizes<TKey, TValue>();
        fixed (TKey* keyAt = &key)
        fixed (TValue* valueAt = &value)
        {
            BpfError.Check(
                LibBpf.Update(_descriptor, keyAt, valueAt, LibBpf.BPF_ANY), $"BPF_MAP_UPDATE_ELEM {Name}");
        }
    }

    /// <summary>Writes all CPUs' values of one element of a per-CPU map.</summary>
    public void UpdatePerCpu<TKey, TValue>(in TKey key, ReadOnlySpan<TValue> values)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        CheckSizes<TKey, TValue>();
        if (values.Length < PossibleCpus.Count || sizeof(TValue) % 8 != 0)
        {
            throw new ArgumentException("a per-CPU value is a multiple of eight bytes for each possible CPU");
        }

        fixed (TKey* keyAt = &key)
        fixed (TValue* valuesAt = values)
        {
            BpfError.Check(
                LibBpf.Update(_descriptor, keyAt, valuesAt, LibBpf.BPF_ANY), $"BPF_MAP_UPDATE_ELEM {Name}");
        }
    }

    /// <returns>False when there is no such element.</returns>
    public bool TryDelete<TKey>(in TKey key)
        where TKey : unmanaged
    {
        fixed (TKey* keyAt = &key)
        {
            return Found(LibBpf.Delete(_descriptor, keyAt), "BPF_MAP_DELETE_ELEM");
        }
    }

    /// <summary>All keys. Elements that come or go meanwhile may be missed or told twice.</summary>
    public List<TKey> Keys<TKey>()
        where TKey : unmanaged
    {
        if (sizeof(TKey) != KeySizeBytes)
        {
            throw new ArgumentException($"a key of {Name} has {KeySizeBytes} bytes, not {sizeof(TKey)}");
        }

        var keys = new List<TKey>();
        TKey key;
        TKey* before = null;
        // A key deleted under our feet starts the walk anew; the bound ends it all the same.
        while (keys.Count < Capacity && Found(LibBpf.NextKey(_descriptor, before, &key), "BPF_MAP_GET_NEXT_KEY"))
        {
            keys.Add(key);
            before = &key;
        }

        return keys;
    }

    /// <summary>
    /// Reads a hash in pieces, a call of the kernel for each: elements that come or go meanwhile may be missed or told
    /// twice.
    /// </summary>
    /// <param name="place">Where to go on; all zero at first, and again after the last piece.</param>
    /// <returns>How many were read into the spans; zero only when the map is empty.</returns>
    public int ReadPiece<TKey, TValue>(ref uint place, Span<TKey> keys, Span<TValue> values)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        CheckSizes<TKey, TValue>();
        uint count = (uint)Math.Min(keys.Length, values.Length);
        uint from = place;
        uint next = 0;
        int result;
        fixed (TKey* keysAt = keys)
        fixed (TValue* valuesAt = values)
        {
            result = LibBpf.LookupBatch(
                _descriptor, from == 0 ? null : &from, &next, keysAt, valuesAt, &count, null);
        }

        if (result == -Errno.NoEntry)
        {
            place = 0;
            return (int)count;
        }

        BpfError.Check(result, $"BPF_MAP_LOOKUP_BATCH {Name}");
        place = next;
        return (int)count;
    }

    /// <summary>The elements of an mmapable array, in this process's memory.</summary>
    public MappedArray<T> Map<T>(bool writable)
        where T : unmanaged
    {
        // The kernel lays the values of an array out in multiples of eight bytes.
        if (ValueSizeBytes % sizeof(T) != 0 || ValueSizeBytes % 8 != 0)
        {
            throw new ArgumentException(
                $"a value of {Name} has {ValueSizeBytes} bytes, no multiple of {sizeof(T)} and of 8");
        }

        int count = checked(Capacity * (ValueSizeBytes / sizeof(T)));
        return new MappedArray<T>(_descriptor, count, writable, Name);
    }

    public void Dispose() => _descriptor.Dispose();

    private bool Found(int result, string operation) =>
        result != -Errno.NoEntry && BpfError.Check(result, $"{operation} {Name}") >= 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckSizes<TKey, TValue>()
        where TKey : unmanaged
        where TValue : unmanaged
    {
        if (sizeof(TKey) != KeySizeBytes || sizeof(TValue) != ValueSizeBytes)
        {
            throw new ArgumentException(
                $"{Name} has keys of {KeySizeBytes} and values of {ValueSizeBytes} bytes, "
                + $"not {sizeof(TKey)} and {sizeof(TValue)}");
        }
    }
}
