using System.Runtime.InteropServices;
using Pointsman.Linux.Network;

namespace Pointsman.Linux.Netlink;

internal delegate void NetlinkMessageHandler(ushort type, ReadOnlySpan<byte> body);

/// <summary>
/// One netlink socket. It belongs to the network namespace of the thread that made it, and to one thread at a time.
/// </summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    private const int DumpAttempts = 5;

    private readonly byte[] _receiveBuffer = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
    private uint _sequence;

    internal NetlinkSocket(int protocol, uint groups)
    {
        Descriptor = LibCSocket.Open(
            LibCSocket.AF_NETLINK, LibCSocket.SOCK_RAW, protocol, $"socket(AF_NETLINK, SOCK_RAW, {protocol})");
        LibCSocket.SetOption(Descriptor, LibCSocket.SOL_NETLINK, RtNetlink.NETLINK_EXT_ACK, 1, "NETLINK_EXT_ACK");
        LibCSocket.SetOption(Descriptor, LibCSocket.SOL_NETLINK, RtNetlink.NETLINK_CAP_ACK, 1, "NETLINK_CAP_ACK");
        LibCSocket.SetOption(
            Descriptor, LibCSocket.SOL_NETLINK, RtNetlink.NETLINK_GET_STRICT_CHK, 1, "NETLINK_GET_STRICT_CHK (Linux 4.20)");
        var address = new LibCSocket.NetlinkAddress { Family = LibCSocket.AF_NETLINK, Groups = groups };
        if (LibCSocket.Bind(Descriptor, &address, (uint)sizeof(LibCSocket.NetlinkAddress)) < 0)
        {
            throw ErrnoException.Last("bind(AF_NETLINK)");
        }
    }

    internal FileDescriptor Descriptor { get; }

    /// <summary>Asks for a change or one answer and waits for the acknowledgement: 0 or a positive errno.</summary>
    internal int Ask(ref NetlinkRequest request, out string? detail, NetlinkMessageHandler? onAnswer = null)
    {
        uint sequence = Send(ref request);
        while (true)
        {
            ReadOnlySpan<byte> bytes = Receive();
            while (TrySplit(ref bytes, out MessageHeader header, out ReadOnlySpan<byte> body))
            {
                if (header.Sequence != sequence)
                {
                    continue;      // an answer to an earlier question that was given up
                }

                if (header.Type == RtNetlink.NLMSG_ERROR)
                {
                    return ReadError(header, body, out detail);
                }

                onAnswer?.Invoke(header.Type, body);
            }
        }
    }

    /// <summary>Hands every message of a dump to <paramref name="onMessage"/>.</summary>
    /// <param name="onRestart">The dump was interrupted by a change: forget what came so far.</param>
    internal void Dump(ref NetlinkRequest request, string operation, NetlinkMessageHandler onMessage, Action onRestart)
    {
        for (int attempt = 1; attempt <= DumpAttempts; attempt++)
        {
            onRestart();
            if (DumpOnce(ref request, operation, onMessage) || attempt == DumpAttempts)
            {
                return;
            }
        }
    }

    /// <summary>Reads what a monitor socket has; false when nothing is there. Throws ENOBUFS when messages were lost.</summary>
    internal bool TryReceive(NetlinkMessageHandler onMessage)
    {
        nint count = ReceiveInto(LibCSocket.MSG_DONTWAIT);
        if (count < 0)
        {
            return LibC.LastError == Errno.TryAgain ? false : throw ErrnoException.Last("recv(AF_NETLINK)");
        }

        ReadOnlySpan<byte> bytes = _receiveBuffer.AsSpan(0, (int)Math.Min(count, _receiveBuffer.Length));
        while (TrySplit(ref bytes, out MessageHeader header, out ReadOnlySpan<byte> body))
        {
            onMessage(header.Type, body);
        }

        return true;
    }

    public void Dispose() => Descriptor.Dispose();

    private static int ReadError(in MessageHeader header, ReadOnlySpan<byte> body, out string? detail)
    {
        detail = null;
        int errno = -MemoryMarshal.Read<int>(body);
        if ((header.Flags & RtNetlink.NLM_F_ACK_TLVS) == 0)
        {
            return errno;
        }

        // The request's header is echoed; its body only when the acknowledgement is not capped.
        int echoed = (header.Flags & RtNetlink.NLM_F_CAPPED) != 0
            ? RtNetlink.HeaderSizeBytes
            : (int)MemoryMarshal.Read<uint>(body[4..]);
        int start = Math.Min(body.Length, 4 + ((echoed + 3) & ~3));
        var attributes = new NetlinkAttributes(body[start..]);
        while (attributes.Next())
        {
            if (attributes.Type == RtNetlink.NLMSGERR_ATTR_MSG)
            {
                detail = attributes.Text;
            }
        }

        return errno;
    }

    private static bool TrySplit(ref ReadOnlySpan<byte> bytes, out MessageHeader header, out ReadOnlySpan<byte> body)
    {
        header = default;
        body = default;
        if (bytes.Length < RtNetlink.HeaderSizeBytes)
        {
            return false;
        }

        header = MemoryMarshal.Read<MessageHeader>(bytes);
        int length = (int)header.LengthBytes;
        if (length < RtNetlink.HeaderSizeBytes || length > bytes.Length)
        {
            return false;
        }

        body = bytes[RtNetlink.HeaderSizeBytes..length];
        bytes = bytes[Math.Min((length + 3) & ~3, bytes.Length)..];
        return true;
    }

    private bool DumpOnce(ref NetlinkRequest request, string operation, NetlinkMessageHandler onMessage)
    {
        uint sequence = Send(ref request);
        bool isWhole = true;
        while (true)
        {
            ReadOnlySpan<byte> bytes = Receive();
            while (TrySplit(ref bytes, out MessageHeader header, out ReadOnlySpan<byte> body))
            {
                if (header.Sequence != sequence)
                {
                    continue;
                }

                isWhole &= (header.Flags & RtNetlink.NLM_F_DUMP_INTR) == 0;
                switch (header.Type)
                {
                    case RtNetlink.NLMSG_DONE:
                        int result = body.Length >= 4 ? -MemoryMarshal.Read<int>(body) : 0;
                        return result == 0 ? isWhole : throw new ErrnoException(operation, result);
                    case RtNetlink.NLMSG_ERROR:
                        int errno = ReadError(header, body, out string? detail);
                        throw new ErrnoException(operation, errno, detail);
                    default:
                        onMessage(header.Type, body);
                        break;
                }
            }
        }
    }

    private uint Send(ref NetlinkRequest request)
    {
        uint sequence = ++_sequence;
        ReadOnlySpan<byte> message = request.Finish(sequence);
        fixed (byte* pointer = message)
        {
            if (LibCSocket.SendTo(Descriptor, pointer, (nuint)message.Length, 0, null, 0) < 0)
            {
                throw ErrnoException.Last("send(AF_NETLINK)");
            }
        }

        return sequence;
    }

    private ReadOnlySpan<byte> Receive()
    {
        while (true)
        {
            nint count = ReceiveInto(0);
            if (count >= 0)
            {
                return _receiveBuffer.AsSpan(0, (int)Math.Min(count, _receiveBuffer.Length));
            }

            if (LibC.LastError != Errno.Interrupted)
            {
                throw ErrnoException.Last("recv(AF_NETLINK)");
            }
        }
    }

    private nint ReceiveInto(int flags)
    {
        fixed (byte* buffer = _receiveBuffer)
        {
            return LibCSocket.ReceiveFrom(Descriptor, buffer, (nuint)_receiveBuffer.Length, flags, null, null);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageHeader
    {
        internal uint LengthBytes;
        internal ushort Type;
        internal ushort Flags;
        internal uint Sequence;
        internal uint PortId;
    }
}
