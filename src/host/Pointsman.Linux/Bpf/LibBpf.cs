using System.Runtime.InteropServices;

namespace Pointsman.Linux.Bpf;

/// <summary>libbpf 1.x. Its calls return a negative error number; the rare pointers are null with errno set.</summary>
internal static unsafe partial class LibBpf
{
    private const string Library = "libbpf.so.1";

    internal const uint BPF_ANY = 0;
    internal const int BPF_XDP = 37;
    internal const int BPF_TCX_INGRESS = 46;
    internal const uint XDP_FLAGS_SKB_MODE = 1 << 1;
    internal const uint XDP_FLAGS_DRV_MODE = 1 << 2;
    internal const int BPF_OBJ_NAME_LEN = 16;
    internal const int BPF_TC_INGRESS = 1 << 0;
    internal const int BPF_TC_EGRESS = 1 << 1;
    internal const uint BPF_TC_F_REPLACE = 1 << 0;

    [LibraryImport(Library, EntryPoint = "libbpf_set_print")]
    internal static partial nint SetPrint(delegate* unmanaged<int, byte*, nint, int> print);

    [LibraryImport(Library, EntryPoint = "bpf_object__open_mem", SetLastError = true)]
    internal static partial nint ObjectOpen(void* image, nuint sizeBytes, ObjectOpenOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_object__load")]
    internal static partial int ObjectLoad(nint @object);

    [LibraryImport(Library, EntryPoint = "bpf_object__close")]
    internal static partial void ObjectClose(nint @object);

    [LibraryImport(Library, EntryPoint = "bpf_object__find_map_by_name", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint FindMap(nint @object, string name);

    [LibraryImport(Library, EntryPoint = "bpf_object__next_map")]
    internal static partial nint NextMap(nint @object, nint before);

    [LibraryImport(Library, EntryPoint = "bpf_map__name")]
    internal static partial nint MapName(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__fd")]
    internal static partial int MapDescriptor(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__set_max_entries")]
    internal static partial int SetMaxEntries(nint map, uint count);

    [LibraryImport(Library, EntryPoint = "bpf_map__reuse_fd")]
    internal static partial int ReuseDescriptor(nint map, FileDescriptor descriptor);

    [LibraryImport(Library, EntryPoint = "bpf_map__initial_value")]
    internal static partial byte* InitialValue(nint map, nuint* sizeBytes);

    [LibraryImport(
        Library, EntryPoint = "bpf_object__find_program_by_name", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint FindProgram(nint @object, string name);

    [LibraryImport(Library, EntryPoint = "bpf_object__next_program")]
    internal static partial nint NextProgram(nint @object, nint before);

    [LibraryImport(Library, EntryPoint = "bpf_program__name")]
    internal static partial nint ProgramName(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__set_autoload")]
    internal static partial int SetAutoload(nint program, [MarshalAs(UnmanagedType.U1)] bool loads);

    [LibraryImport(Library, EntryPoint = "bpf_map__set_autocreate")]
    internal static partial int SetAutocreate(nint map, [MarshalAs(UnmanagedType.U1)] bool creates);

    [LibraryImport(Library, EntryPoint = "bpf_program__fd")]
    internal static partial int ProgramDescriptor(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_obj_pin", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Pin(FileDescriptor descriptor, string path);

    [LibraryImport(Library, EntryPoint = "bpf_obj_get", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int OpenPin(string path);

    [LibraryImport(Library, EntryPoint = "bpf_obj_get_info_by_fd")]
    internal static partial int Information(FileDescriptor descriptor, void* information, uint* sizeBytes);

    [LibraryImport(Library, EntryPoint = "btf__load_from_kernel_by_id", SetLastError = true)]
    internal static partial nint LoadTypes(uint id);

    [LibraryImport(Library, EntryPoint = "btf__raw_data")]
    internal static partial byte* RawTypes(nint types, uint* sizeBytes);

    [LibraryImport(Library, EntryPoint = "btf__free")]
    internal static partial void FreeTypes(nint types);

    [LibraryImport(Library, EntryPoint = "bpf_map_lookup_elem")]
    internal static partial int Lookup(FileDescriptor map, void* key, void* value);

    [LibraryImport(Library, EntryPoint = "bpf_map_update_elem")]
    internal static partial int Update(FileDescriptor map, void* key, void* value, ulong flags);

    [LibraryImport(Library, EntryPoint = "bpf_map_delete_elem")]
    internal static partial int Delete(FileDescriptor map, void* key);

    [LibraryImport(Library, EntryPoint = "bpf_map_get_next_key")]
    internal static partial int NextKey(FileDescriptor map, void* key, void* next);

    [LibraryImport(Library, EntryPoint = "bpf_map_lookup_batch")]
    internal static partial int LookupBatch(
        FileDescriptor map, void* from, void* next, void* keys, void* values, uint* count, void* options);

    [LibraryImport(Library, EntryPoint = "bpf_prog_test_run_opts")]
    internal static partial int TestRun(FileDescriptor program, TestRunOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_link_create")]
    internal static partial int CreateLink(
        FileDescriptor program, int target, int attachType, LinkCreateOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_link_update")]
    internal static partial int UpdateLink(FileDescriptor link, FileDescriptor program, void* options);

    [LibraryImport(Library, EntryPoint = "bpf_link_detach")]
    internal static partial int DetachLink(FileDescriptor link);

    [LibraryImport(Library, EntryPoint = "bpf_tc_hook_create")]
    internal static partial int CreateTrafficHook(TrafficHook* hook);

    [LibraryImport(Library, EntryPoint = "bpf_tc_hook_destroy")]
    internal static partial int DestroyTrafficHook(TrafficHook* hook);

    [LibraryImport(Library, EntryPoint = "bpf_tc_attach")]
    internal static partial int AttachTrafficFilter(TrafficHook* hook, TrafficFilter* filter);

    [LibraryImport(Library, EntryPoint = "bpf_tc_detach")]
    internal static partial int DetachTrafficFilter(TrafficHook* hook, TrafficFilter* filter);

    [LibraryImport(Library, EntryPoint = "bpf_tc_query")]
    internal static partial int QueryTrafficFilter(TrafficHook* hook, TrafficFilter* filter);

    /// <summary>struct bpf_tc_hook.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TrafficHook
    {
        internal nuint Size;
        internal int InterfaceIndex;
        internal int AttachPoint;
        internal uint Parent;
        private uint _pad;
    }

    /// <summary>struct bpf_tc_opts.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TrafficFilter
    {
        internal nuint Size;
        internal int ProgramDescriptor;
        internal uint Flags;
        internal uint ProgramId;
        internal uint Handle;
        internal uint Priority;
        private uint _pad;
    }

    /// <summary>struct bpf_object_open_opts of libbpf 1.0; later ones take what is not there as zero.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ObjectOpenOptions
    {
        internal nuint Size;
        internal byte* ObjectName;
        internal nuint RelaxedMaps;
        internal byte* PinRootPath;
        internal nuint Reserved;
        internal byte* KernelConfiguration;
        internal byte* TypesPath;
        internal byte* LogBuffer;
        internal nuint LogSize;
        internal uint LogLevel;
    }

    /// <summary>struct bpf_test_run_opts.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TestRunOptions
    {
        internal nuint Size;
        internal void* DataIn;
        internal void* DataOut;
        internal uint DataSizeIn;
        internal uint DataSizeOut;
        internal void* ContextIn;
        internal void* ContextOut;
        internal uint ContextSizeIn;
        internal uint ContextSizeOut;
        internal uint ReturnValue;
        internal int Repeat;
        internal uint Duration;
        internal uint Flags;
        internal uint Cpu;
        internal uint BatchSize;
    }

    /// <summary>struct bpf_link_create_opts, as far as XDP needs it: libbpf takes what is not there as zero.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct LinkCreateOptions
    {
        internal nuint Size;
        internal uint Flags;
        private uint _pad;
    }

    /// <summary>The head of struct bpf_link_info, with its union as XDP fills it.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    internal struct XdpLinkInformation
    {
        internal uint Type;
        internal uint Id;
        internal uint ProgramId;
        private uint _pad;
        internal uint InterfaceIndex;
    }

    /// <summary>The head of struct bpf_map_info.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    internal struct MapInformation
    {
        internal uint Type;
        internal uint Id;
        internal uint KeySize;
        internal uint ValueSize;
        internal uint MaxEntries;
        internal uint MapFlags;
        private NameText _name;
        private uint _interface;
        private uint _kernelValueType;
        private ulong _namespaceDevice;
        private ulong _namespaceInode;

        /// <summary>Zero: the map was made without its types.</summary>
        internal uint TypesId;
        internal uint KeyTypeId;
        internal uint ValueTypeId;
        private uint _pad;
    }

    [System.Runtime.CompilerServices.InlineArray(BPF_OBJ_NAME_LEN)]
    private struct NameText
    {
        private byte _first;
    }
}
