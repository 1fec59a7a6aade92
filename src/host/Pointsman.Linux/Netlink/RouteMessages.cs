using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Pointsman.Base;
using Pointsman.Linux.Network;

namespace Pointsman.Linux.Netlink;

/// <summary>Turns rtnetlink message bodies into records; null for families and kinds that are of no interest.</summary>
internal static class RouteMessages
{
    internal static NetworkLink? ReadLink(ReadOnlySpan<byte> body)
    {
        if (body.Length < RtNetlink.LinkHeaderSizeBytes || body[0] != 0)
        {
            return null;       // AF_BRIDGE repeats the link for its ports
        }

        var header = MemoryMarshal.Read<LinkHeader>(body);
        string name = "";
        MacAddress? mac = null;
        int mtu = 0;
        int parentIndex = 0;
        string kind = "";
        VlanTag? vlan = null;
        var attributes = new NetlinkAttributes(body[RtNetlink.LinkHeaderSizeBytes..]);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case RtNetlink.IFLA_ADDRESS:
                    mac = attributes.Mac;
                    break;
                case RtNetlink.IFLA_IFNAME:
                    name = attributes.Text;
                    break;
                case RtNetlink.IFLA_MTU:
                    mtu = (int)attributes.UInt32;
                    break;
                case RtNetlink.IFLA_LINK:
                    parentIndex = (int)attributes.UInt32;
                    break;
                case RtNetlink.IFLA_LINKINFO:
                    (kind, vlan) = ReadInformation(attributes.Value);
                    break;
                default:
                    break;
            }
        }

        bool isLoopback = (header.Flags & RtNetlink.IFF_LOOPBACK) != 0;
        return new NetworkLink(
            header.Index,
            name,
            mac,
            IsUp: (header.Flags & RtNetlink.IFF_UP) != 0,
            IsRunning: (header.Flags & RtNetlink.IFF_RUNNING) != 0,
            mtu,
            isLoopback,
            UsesArp: !isLoopback && (header.Flags & RtNetlink.IFF_NOARP) == 0)
        {
            Kind = kind,
            ParentIndex = parentIndex,
            Vlan = vlan,
        };
    }

    private static (string Kind, VlanTag? Vlan) ReadInformation(ReadOnlySpan<byte> info)
    {
        string kind = "";
        VlanTag? vlan = null;
        var attributes = new NetlinkAttributes(info);
        while (attributes.Next())
        {
            if (attributes.Type == RtNetlink.IFLA_INFO_KIND)
            {
                kind = attributes.Text;
            }
            else if (attributes.Type == RtNetlink.IFLA_INFO_DATA && kind == "vlan")
            {
                vlan = ReadVlan(attributes.Value);
            }
        }

        return (kind, vlan);
    }

    // The kernel names the kind before it tells its data.
    private static VlanTag? ReadVlan(ReadOnlySpan<byte> data)
    {
        var vlan = new VlanTag(VlanTag.Customer, 0);
        var attributes = new NetlinkAttributes(data);
        while (attributes.Next())
        {
            vlan = attributes.Type switch
            {
                RtNetlink.IFLA_VLAN_ID when attributes.Value.Length >= sizeof(ushort) =>
                    vlan with { Id = BinaryPrimitives.ReadUInt16LittleEndian(attributes.Value) },
                RtNetlink.IFLA_VLAN_PROTOCOL when attributes.Value.Length >= sizeof(ushort) =>
                    vlan with { EtherType = BinaryPrimitives.ReadUInt16BigEndian(attributes.Value) },
                _ => vlan,
            };
        }

        return vlan;
    }

    internal static InterfaceAddress? ReadAddress(ReadOnlySpan<byte> body)
    {
        if (body.Length < RtNetlink.AddressHeaderSizeBytes)
        {
            return null;
        }

        var header = MemoryMarshal.Read<AddressHeader>(body);
        uint flags = header.Flags;
        IpAddress? address = null;
        IpAddress? local = null;
        string? label = null;
        var attributes = new NetlinkAttributes(body[RtNetlink.AddressHeaderSizeBytes..]);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case RtNetlink.IFA_ADDRESS:
                    address = attributes.Address;
                    break;
                case RtNetlink.IFA_LOCAL:
                    local = attributes.Address;
                    break;
                case RtNetlink.IFA_LABEL:
                    label = attributes.Text;
                    break;
                case RtNetlink.IFA_FLAGS:
                    flags = attributes.UInt32;
                    break;
                default:
                    break;
            }
        }

        // On a point-to-point link IFA_ADDRESS is the other end; IFA_LOCAL is always ours.
        IpAddress? ours = local ?? address;
        return ours is null
            ? null
            : new InterfaceAddress((int)header.Index, new IpPrefix(ours.Value, header.PrefixLength))
            {
                Scope = (AddressScope)header.Scope,
                Label = label,
                IsDeprecated = (flags & RtNetlink.IFA_F_DEPRECATED) != 0,
                IsTentative = (flags & RtNetlink.IFA_F_TENTATIVE) != 0,
            };
    }

    internal static RouteAnswer? ReadRoute(ReadOnlySpan<byte> body)
    {
        if (body.Length < RtNetlink.RouteHeaderSizeBytes)
        {
            return null;
        }

        var header = MemoryMarshal.Read<RouteHeader>(body);
        if (header.Type is not (RtNetlink.RTN_UNICAST or RtNetlink.RTN_LOCAL))
        {
            return null;
        }

        int interfaceIndex = 0;
        IpAddress? gateway = null;
        IpAddress? source = null;
        int? mtu = null;
        var attributes = new NetlinkAttributes(body[RtNetlink.RouteHeaderSizeBytes..]);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case RtNetlink.RTA_METRICS:
                    mtu = ReadMtu(attributes.Value);
                    break;
                case RtNetlink.RTA_OIF:
                    interfaceIndex = (int)attributes.UInt32;
                    break;
                case RtNetlink.RTA_GATEWAY:
                    gateway = attributes.Address;
                    break;
                case RtNetlink.RTA_VIA when attributes.Value.Length is 6 or 18:
                    gateway = IpAddress.FromBytes(attributes.Value[2..]);     // two bytes of address family first
                    break;
                case RtNetlink.RTA_PREFSRC:
                    source = attributes.Address;
                    break;
                default:
                    break;
            }
        }

        return new RouteAnswer(interfaceIndex, gateway, source, IsLocal: header.Type == RtNetlink.RTN_LOCAL) { Mtu = mtu };
    }

    private static int? ReadMtu(ReadOnlySpan<byte> metrics)
    {
        var attributes = new NetlinkAttributes(metrics);
        while (attributes.Next())
        {
            if (attributes.Type == RtNetlink.RTAX_MTU && attributes.UInt32 is > 0 and <= int.MaxValue and var mtu)
            {
                return (int)mtu;
            }
        }

        return null;
    }

    /// <summary>Who had set a route; null for what is no route.</summary>
    internal static byte? ReadRouteProtocol(ReadOnlySpan<byte> body) => body.Length < RtNetlink.RouteHeaderSizeBytes
        ? null
        : MemoryMarshal.Read<RouteHeader>(body).Protocol;

    internal static Neighbour? ReadNeighbour(ReadOnlySpan<byte> body)
    {
        if (body.Length < RtNetlink.NeighbourHeaderSizeBytes || body[0] is not (LibCSocket.AF_INET or LibCSocket.AF_INET6))
        {
            return null;
        }

        var header = MemoryMarshal.Read<NeighbourHeader>(body);
        IpAddress? address = null;
        MacAddress? mac = null;
        var attributes = new NetlinkAttributes(body[RtNetlink.NeighbourHeaderSizeBytes..]);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case RtNetlink.NDA_DST:
                    address = attributes.Address;
                    break;
                case RtNetlink.NDA_LLADDR:
                    mac = attributes.Mac;
                    break;
                default:
                    break;
            }
        }

        return address is null
            ? null
            : new Neighbour(header.InterfaceIndex, address.Value, mac, (NeighbourState)header.State);
    }

    /// <summary>struct ifinfomsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct LinkHeader
    {
        internal byte Family;
        internal byte Pad;
        internal ushort Type;
        internal int Index;
        internal uint Flags;
        internal uint Change;
    }

    /// <summary>struct ifaddrmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct AddressHeader
    {
        internal byte Family;
        internal byte PrefixLength;
        internal byte Flags;
        internal byte Scope;
        internal uint Index;
    }

    /// <summary>struct rtmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct RouteHeader
    {
        internal byte Family;
        internal byte TargetLength;
        internal byte SourceLength;
        internal byte Tos;
        internal byte Table;
        internal byte Protocol;
        internal byte Scope;
        internal byte Type;
        internal uint Flags;
    }

    /// <summary>struct fib_rule_hdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct RuleHeader
    {
        internal byte Family;
        internal byte TargetLength;
        internal byte SourceLength;
        internal byte Tos;
        internal byte Table;
        internal byte Reserved1;
        internal byte Reserved2;
        internal byte Action;
        internal uint Flags;
    }

    /// <summary>struct ndmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct NeighbourHeader
    {
        internal byte Family;
        internal byte Pad1;
        internal ushort Pad2;
        internal int InterfaceIndex;
        internal ushort State;
        internal byte Flags;
        internal byte Type;
    }
}
