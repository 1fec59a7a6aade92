using System.Runtime.InteropServices;

namespace Pointsman.Linux.Bpf;

/// <summary>
/// A compiled BPF object on its way into the kernel: opened, its maps and constants set, then loaded. What is taken from it
/// after <see cref="Load"/> outlives it.
/// </summary>
public sealed unsafe class BpfObject : IDisposable
{
    private readonly nint _image;
    private nint _object;

    private BpfObject(nint image, nint @object)
    {
        _image = image;
        _object = @object;
    }

    public static BpfObject Open(ReadOnlySpan<byte> image)
    {
        using var log = new BpfLog();
        // libbpf reads the image until the object is closed.
        void* copy = NativeMemory.Alloc((nuint)image.Length);
        image.CopyTo(new Span<byte>(copy, image.Length));
        nint opened = LibBpf.ObjectOpen(copy, (nuint)image.Length, null);
        if (opened == 0)
        {
            int errno = LibC.LastError;
            NativeMemory.Free(copy);
            throw new ErrnoException("bpf_object__open_mem", errno, log.Reason());
        }

        return new BpfObject((nint)copy, opened);
    }

    /// <summary>Before loading: how many elements a map can hold.</summary>
    public void SetCapacity(string map, int count) =>
        BpfError.Check(LibBpf.SetMaxEntries(Map(map), (uint)count), $"bpf_map__set_max_entries {map}");

    /// <summary>Before loading: an existing map takes this one's place.</summary>
    public void Reuse(string name, BpfMap map) =>
        BpfError.Check(LibBpf.ReuseDescriptor(Map(name), map.Descriptor), $"bpf_map__reuse_fd {name}");

    /// <summary>Before loading: the constants in a section of the object (<c>.rodata...</c>), to be changed in place.</summary>
    public Span<byte> Constants(string section)
    {
        for (nint map = LibBpf.NextMap(_object, 0); map != 0; map = LibBpf.NextMap(_object, map))
        {
            if (Name(map).EndsWith(section, StringComparison.Ordinal))
            {
                nuint sizeBytes;
                byte* at = LibBpf.InitialValue(map, &sizeBytes);
                return new Span<byte>(at, (int)sizeBytes);
            }
        }

        throw new InvalidDataException($"the object has no section {section}");
    }

    /// <summary>Creates the maps and puts the programs through the verifier.</summary>
    public void Load()
    {
        using var log = new BpfLog();
        int result = LibBpf.ObjectLoad(_object);
        if (result < 0)
        {
            throw new ErrnoException("bpf_object__load", -result, log.Reason());
        }
    }

    /// <summary>After loading.</summary>
    public BpfMap TakeMap(string name) => new(name, Duplicate(LibBpf.MapDescriptor(Map(name)), name));

    /// <summary>After loading.</summary>
    public BpfProgram TakeProgram(string name)
    {
        nint program = LibBpf.FindProgram(_object, name);
        return program == 0
            ? throw new InvalidDataException($"the object has no program {name}")
            : new BpfProgram(name, Duplicate(LibBpf.ProgramDescriptor(program), name));
    }

    public void Dispose()
    {
        if (_object != 0)
        {
            LibBpf.ObjectClose(_object);
            NativeMemory.Free((void*)_image);
            _object = 0;
        }
    }

    private static FileDescriptor Duplicate(int descriptor, string name)
    {
        int copy = LibCMemory.Duplicate(descriptor);
        return copy < 0 ? throw ErrnoException.Last($"dup({name})") : new FileDescriptor(copy);
    }

    private static string Name(nint map) => Marshal.PtrToStringUTF8(LibBpf.MapName(map)) ?? string.Empty;

    private nint Map(string name)
    {
        nint map = LibBpf.FindMap(_object, name);
        return map != 0 ? map : throw new InvalidDataException($"the object has no map {name}");
    }
}
