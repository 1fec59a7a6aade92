using System.Runtime.InteropServices;
using System.Text;

namespace Pointsman.Linux.Network;

/// <summary>What an interface leaves to its hardware.</summary>
public static unsafe class InterfaceOffloads
{
    private const nuint SIOCETHTOOL = 0x8946;
    private const uint ETHTOOL_STXCSUM = 0x17;
    private const uint ETHTOOL_STSO = 0x1f;
    private const uint ETHTOOL_SGSO = 0x24;
    private const int NameSize = 16;      // IFNAMSIZ, with its zero

    /// <summary>From now on the kernel makes checksums and cuts large segments before it hands packets to the interface.</summary>
    public static void TurnOff(string interfaceName)
    {
        using FileDescriptor socket =
            LibCSocket.Open(LibCSocket.AF_INET, LibCSocket.SOCK_DGRAM, 0, "socket(AF_INET, SOCK_DGRAM), for settings of links");
        foreach (uint command in (ReadOnlySpan<uint>)[ETHTOOL_SGSO, ETHTOOL_STSO, ETHTOOL_STXCSUM])
        {
            var value = new Value { Command = command };
            var request = default(Request);
            Encoding.UTF8.GetBytes(interfaceName.AsSpan(0, Math.Min(interfaceName.Length, NameSize - 1)), new Span<byte>(request.Name, NameSize - 1));
            request.Data = &value;
            if (LibCSocket.Ioctl(socket, SIOCETHTOOL, &request) != 0)
            {
                throw new ErrnoException($"ioctl(SIOCETHTOOL {command:x}) {interfaceName}", Marshal.GetLastPInvokeError());
            }
        }
    }

    /// <summary>struct ifreq.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    private struct Request
    {
        [FieldOffset(0)]
        internal fixed byte Name[NameSize];

        [FieldOffset(NameSize)]
        internal void* Data;
    }

    /// <summary>struct ethtool_value.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Value
    {
        internal uint Command;
        internal uint Data;
    }
}
