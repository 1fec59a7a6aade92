using System.Runtime.InteropServices;

namespace Pointsman.Linux.Netlink;

/// <summary>The filters of an interface's clsact qdisc, whoever put them there.</summary>
internal static class TrafficFilters
{
    private const ushort RTM_GETTFILTER = 46;

    // TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS) and ..._EGRESS.
    private const uint IngressParent = 0xfffffff2;
    private const uint EgressParent = 0xfffffff3;

    /// <summary>Whether there is one in either direction; false when the interface, or the qdisc, is not there.</summary>
    internal static bool Any(int interfaceIndex)
    {
        using var socket = new NetlinkSocket(RtNetlink.NETLINK_ROUTE, groups: 0);
        return Count(socket, interfaceIndex, IngressParent) + Count(socket, interfaceIndex, EgressParent) > 0;
    }

    private static int Count(NetlinkSocket socket, int interfaceIndex, uint parent)
    {
        int count = 0;
        var request = new NetlinkRequest(
            stackalloc byte[64], RTM_GETTFILTER, RtNetlink.NLM_F_REQUEST | RtNetlink.NLM_F_DUMP);
        request.FixedPart(new TrafficHeader { InterfaceIndex = interfaceIndex, Parent = parent });
        try
        {
            socket.Dump(ref request, "RTM_GETTFILTER", (_, _) => count++, () => count = 0);
        }
        catch (ErrnoException gone) when (gone.Errno is Errno.NoDevice or Errno.InvalidArgument or Errno.NoEntry)
        {
            return 0;
        }

        return count;
    }

    /// <summary>struct tcmsg.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 20)]
    private struct TrafficHeader
    {
        internal byte Family;
        private byte _pad1;
        private ushort _pad2;
        internal int InterfaceIndex;
        internal uint Handle;
        internal uint Parent;
        internal uint Information;
    }
}
