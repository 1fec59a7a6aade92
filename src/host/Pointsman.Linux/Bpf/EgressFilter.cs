using Pointsman.Linux.Netlink;

namespace Pointsman.Linux.Bpf;

/// <summary>
/// A program that sees what this host sends by an interface (tc, clsact, egress). It stays when this process ends, and is
/// known by its priority and handle.
/// </summary>
public static unsafe class EgressFilter
{
    /// <summary>Before filters that operators put at the usual priorities from 1 on only if they chose a higher number.</summary>
    private const uint Priority = 7;

    // "PM": nobody else's filter of this priority is taken for ours.
    private const uint Handle = 0x504d;

    /// <summary>Puts the program there, in place of the one of a former run.</summary>
    public static void Attach(BpfProgram program, int interfaceIndex)
    {
        using var log = new BpfLog();
        LibBpf.TrafficHook hook = HookOf(interfaceIndex, LibBpf.BPF_TC_EGRESS);
        int made = LibBpf.CreateTrafficHook(&hook);
        if (made < 0 && made != -Errno.Exists)
        {
            throw new ErrnoException($"qdisc clsact on interface {interfaceIndex}", -made, log.Reason());
        }

        LibBpf.TrafficFilter filter = Ours();
        filter.ProgramDescriptor = (int)program.Descriptor.DangerousGetHandle();
        filter.Flags = LibBpf.BPF_TC_F_REPLACE;
        int result = LibBpf.AttachTrafficFilter(&hook, &filter);
        if (result < 0)
        {
            throw new ErrnoException($"tc filter on interface {interfaceIndex}", -result, log.Reason());
        }
    }

    /// <summary>Takes the program away, and the qdisc with it if nobody else has a filter there.</summary>
    /// <returns>False when there was none, or no such interface.</returns>
    public static bool TryDetach(int interfaceIndex)
    {
        BpfLog.Silence();
        LibBpf.TrafficHook hook = HookOf(interfaceIndex, LibBpf.BPF_TC_EGRESS);
        LibBpf.TrafficFilter filter = Ours();
        if (LibBpf.DetachTrafficFilter(&hook, &filter) < 0)
        {
            return false;
        }

        if (!TrafficFilters.Any(interfaceIndex))
        {
            LibBpf.TrafficHook whole = HookOf(interfaceIndex, LibBpf.BPF_TC_INGRESS | LibBpf.BPF_TC_EGRESS);

            // An empty qdisc that stays does nothing.
            _ = LibBpf.DestroyTrafficHook(&whole);
        }

        return true;
    }

    /// <summary>Whether a program of this or a former run is there.</summary>
    public static bool IsAttached(int interfaceIndex)
    {
        BpfLog.Silence();
        LibBpf.TrafficHook hook = HookOf(interfaceIndex, LibBpf.BPF_TC_EGRESS);
        LibBpf.TrafficFilter filter = Ours();
        return LibBpf.QueryTrafficFilter(&hook, &filter) == 0;
    }

    private static LibBpf.TrafficHook HookOf(int interfaceIndex, int point) => new()
    {
        Size = (nuint)sizeof(LibBpf.TrafficHook),
        InterfaceIndex = interfaceIndex,
        AttachPoint = point,
    };

    private static LibBpf.TrafficFilter Ours() => new()
    {
        Size = (nuint)sizeof(LibBpf.TrafficFilter),
        Handle = Handle,
        Priority = Priority,
    };
}
