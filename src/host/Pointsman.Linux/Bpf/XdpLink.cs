namespace Pointsman.Linux.Bpf;

/// <summary>A program attached to an interface. Lasts while this object, or a pin of it, does.</summary>
public sealed unsafe class XdpLink : IDisposable
{
    private readonly FileDescriptor _descriptor;

    private XdpLink(FileDescriptor descriptor) => _descriptor = descriptor;

    /// <summary>The interface, or null when it has gone away.</summary>
    public int? InterfaceIndex
    {
        get
        {
            LibBpf.XdpLinkInformation information = default;
            uint sizeBytes = (uint)sizeof(LibBpf.XdpLinkInformation);
            BpfError.Check(LibBpf.Information(_descriptor, &information, &sizeBytes), "BPF_OBJ_GET_INFO_BY_FD link");
            return information.InterfaceIndex == 0 ? null : (int)information.InterfaceIndex;
        }
    }

    /// <summary>The link pinned there, or null when nothing is.</summary>
    public static XdpLink? TryOpen(string path)
    {
        BpfLog.Silence();
        int descriptor = LibBpf.OpenPin(path);
        return descriptor == -Errno.NoEntry
            ? null
            : new XdpLink(new FileDescriptor(BpfError.Check(descriptor, $"BPF_OBJ_GET {path}")));
    }

    /// <param name="native">In the driver; otherwise the slower way that every interface has.</param>
    public static XdpLink Attach(BpfProgram program, int interfaceIndex, bool native)
    {
        LibBpf.LinkCreateOptions options = new()
        {
            Size = (nuint)sizeof(LibBpf.LinkCreateOptions),
            Flags = native ? LibBpf.XDP_FLAGS_DRV_MODE : LibBpf.XDP_FLAGS_SKB_MODE,
        };
        int descriptor = LibBpf.CreateLink(program.Descriptor, interfaceIndex, LibBpf.BPF_XDP, &options);
        string mode = native ? "native" : "generic";
        return new XdpLink(new FileDescriptor(
            BpfError.Check(descriptor, $"BPF_LINK_CREATE xdp {mode}, interface {interfaceIndex}")));
    }

    /// <summary>
    /// At tc ingress: after the driver has made a packet of the frame, before any protocol sees it. Since Linux 6.6; before
    /// that it is refused with <see cref="Errno.InvalidArgument"/>.
    /// </summary>
    public static XdpLink AttachAtTc(BpfProgram program, int interfaceIndex)
    {
        int descriptor = LibBpf.CreateLink(program.Descriptor, interfaceIndex, LibBpf.BPF_TCX_INGRESS, null);
        return new XdpLink(new FileDescriptor(
            BpfError.Check(descriptor, $"BPF_LINK_CREATE tcx ingress, interface {interfaceIndex}")));
    }

    public void Pin(string path) => BpfError.Check(LibBpf.Pin(_descriptor, path), $"BPF_OBJ_PIN {path}");

    /// <summary>Puts another program in the place of the one attached; no frame passes between them unseen.</summary>
    /// <returns>False when the interface has gone away.</returns>
    public bool TryUpdate(BpfProgram program)
    {
        const int NoLink = 67; // ENOLINK
        int result = LibBpf.UpdateLink(_descriptor, program.Descriptor, null);
        return result != -NoLink && BpfError.Check(result, "BPF_LINK_UPDATE") >= 0;
    }

    /// <summary>Takes the program from the interface now, whoever else holds the link.</summary>
    public void Detach() => BpfError.Check(LibBpf.DetachLink(_descriptor), "BPF_LINK_DETACH");

    public void Dispose() => _descriptor.Dispose();
}
