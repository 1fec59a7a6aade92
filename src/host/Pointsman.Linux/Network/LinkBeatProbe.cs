using System.Runtime.InteropServices;
using System.Text;

namespace Pointsman.Linux.Network;

/// <summary>
/// Asks drivers whether their link carries, where they do not tell by netlink. A question may take as long as the kernel's lock
/// on interfaces is held: not for the thread that sends adverts.
/// </summary>
public sealed unsafe class LinkBeatProbe : IDisposable
{
    private const nuint SIOCGIFFLAGS = 0x8913;
    private const nuint SIOCETHTOOL = 0x8946;
    private const nuint SIOCGMIIPHY = 0x8947;
    private const nuint SIOCGMIIREG = 0x8948;
    private const uint ETHTOOL_GLINK = 0x0a;
    private const ushort MII_BMSR = 1;
    private const ushort BMSR_LSTATUS = 0x0004;
    private const ushort IFF_UP = 0x1;
    private const ushort IFF_RUNNING = 0x40;
    private const int NameSize = 16;      // IFNAMSIZ, with its zero

    private readonly FileDescriptor _socket =
        LibCSocket.Open(LibCSocket.AF_INET, LibCSocket.SOCK_DGRAM, 0, "socket(AF_INET, SOCK_DGRAM), for questions about links");

    /// <summary>Whether the link carries; null: there is no such interface, or its driver does not answer this question.</summary>
    public bool? Carries(string interfaceName, LinkBeatSource source) => source switch
    {
        LinkBeatSource.Mii => AskTransceiver(interfaceName),
        LinkBeatSource.Ethtool => AskDriver(interfaceName),
        LinkBeatSource.Ioctl => AskFlags(interfaceName),
        _ => AskTransceiver(interfaceName) ?? AskDriver(interfaceName) ?? AskFlags(interfaceName),
    };

    public void Dispose() => _socket.Dispose();

    private bool? AskTransceiver(string interfaceName)
    {
        Request request = For(interfaceName);
        if (!Ask(SIOCGMIIPHY, ref request))
        {
            return null;
        }

        request.Mii.Register = MII_BMSR;

        // The bit keeps a loss until it is read: the second answer is how things are.
        return Ask(SIOCGMIIREG, ref request) && Ask(SIOCGMIIREG, ref request)
            ? (request.Mii.ValueOut & BMSR_LSTATUS) != 0
            : null;
    }

    private bool? AskDriver(string interfaceName)
    {
        var value = new EthtoolValue { Command = ETHTOOL_GLINK };
        Request request = For(interfaceName);
        request.Data = &value;
        return Ask(SIOCETHTOOL, ref request) ? value.Data != 0 : null;
    }

    private bool? AskFlags(string interfaceName)
    {
        Request request = For(interfaceName);
        return Ask(SIOCGIFFLAGS, ref request) ? (request.Flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING) : null;
    }

    private static Request For(string interfaceName)
    {
        var request = default(Request);
        Encoding.UTF8.GetBytes(interfaceName.AsSpan(0, Math.Min(interfaceName.Length, NameSize - 1)), new Span<byte>(request.Name, NameSize - 1));
        return request;
    }

    private bool Ask(nuint question, ref Request request)
    {
        fixed (Request* at = &request)
        {
            return LibCSocket.Ioctl(_socket, question, at) == 0;
        }
    }

    /// <summary>struct ifreq.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    private struct Request
    {
        [FieldOffset(0)]
        internal fixed byte Name[NameSize];

        [FieldOffset(NameSize)]
        internal ushort Flags;

        [FieldOffset(NameSize)]
        internal MiiData Mii;

        [FieldOffset(NameSize)]
        internal void* Data;
    }

    /// <summary>struct mii_ioctl_data.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MiiData
    {
        internal ushort Transceiver;
        internal ushort Register;
        internal ushort ValueIn;
        internal ushort ValueOut;
    }

    /// <summary>struct ethtool_value.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct EthtoolValue
    {
        internal uint Command;
        internal uint Data;
    }
}
