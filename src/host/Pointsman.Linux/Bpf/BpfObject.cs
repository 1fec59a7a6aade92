using System.Runtime.InteropServices;

namespace Pointsman.Linux.Bpf;

/// <summary>
/// A compiled BPF object on its way into the kernel: opened, its maps and constants set, then loaded. What is taken
/// from it after <see cref="Load"/> outlives it.
/// </summary>
public sealed unsafe class BpfObject : IDisposable
{
    // The verifier tells its whole way to the fault; older kernels fail differently when that has no room.
    private const int LogBytes = 16 << 20;

    private readonly nint _image;
    private readonly nint _verifierLog;
    private nint _object;

    private BpfObject(nint image, nint verifierLog, nint @object)
    {
        _image = image;
        _verifierLog = verifierLog;
        _object = @object;
    }

    public static BpfObject Open(ReadOnlySpan<byte> image)
    {
        using var log = new BpfLog();
        // libbpf reads the image, and writes the log, until the object is closed.
        void* copy = NativeMemory.Alloc((nuint)image.Length);
        image.CopyTo(new Span<byte>(copy, image.Length));
        byte* verifierLog = (byte*)NativeMemory.Alloc(LogBytes);
        verifierLog[0] = 0;
        fixed (byte* name = "pointsman\0"u8)
        {
            LibBpf.ObjectOpenOptions options = new()
            {
                Size = (nuint)sizeof(LibBpf.ObjectOpenOptions),
                ObjectName = name,
                LogBuffer = verifierLog,
                LogSize = LogBytes,
            };
            nint opened = LibBpf.ObjectOpen(copy, (nuint)image.Length, &options);
            if (opened != 0)
            {
                return new BpfObject((nint)copy, (nint)verifierLog, opened);
            }
        }

        int errno = LibC.LastError;
        NativeMemory.Free(copy);
        NativeMemory.Free(verifierLog);
        throw new ErrnoException("bpf_object__open_mem", errno, log.Reason());
    }

    /// <summary>Before loading: how many elements a map can hold.</summary>
    public void SetCapacity(string map, int count) =>
        BpfError.Check(LibBpf.SetMaxEntries(Map(map), (uint)count), $"bpf_map__set_max_entries {map}");

    /// <summary>Before loading: an existing map takes this one's place.</summary>
    public void Reuse(string name, BpfMap map) =>
        BpfError.Check(LibBpf.ReuseDescriptor(Map(name), map.Descriptor), $"bpf_map__reuse_fd {name}");

    /// <summary>
    /// Before loading: the constants in a section of the object (<c>.rodata...</c>), to be changed in place.
    /// </summary>
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

    /// <summary>Before loading: of all programs these only, and of the maps those besides the object's own constants.</summary>
    public void Restrict(IReadOnlyCollection<string> programs, IReadOnlyCollection<string> maps)
    {
        for (nint program = LibBpf.NextProgram(_object, 0); program != 0; program = LibBpf.NextProgram(_object, program))
        {
            string name = Marshal.PtrToStringUTF8(LibBpf.ProgramName(program)) ?? string.Empty;
            BpfError.Check(LibBpf.SetAutoload(program, programs.Contains(name)), $"bpf_program__set_autoload {name}");
        }

        for (nint map = LibBpf.NextMap(_object, 0); map != 0; map = LibBpf.NextMap(_object, map))
        {
            string name = Name(map);
            if (!name.Contains('.', StringComparison.Ordinal))
            {
                BpfError.Check(LibBpf.SetAutocreate(map, maps.Contains(name)), $"bpf_map__set_autocreate {name}");
            }
        }
    }

    /// <summary>Creates the maps and puts the programs through the verifier.</summary>
    public void Load()
    {
        using var log = new BpfLog();
        int result = LibBpf.ObjectLoad(_object);
        if (result < 0)
        {
            string verifier = Marshal.PtrToStringUTF8(_verifierLog) ?? string.Empty;
            throw new ErrnoException("bpf_object__load", -result, BpfLog.ReasonIn(verifier) ?? log.Reason());
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
            NativeMemory.Free((void*)_verifierLog);
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
