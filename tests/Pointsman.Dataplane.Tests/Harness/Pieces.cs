using System.Buffers.Binary;

namespace Pointsman.Dataplane.Tests;

/// <summary>Cuts a packet into fragments, as a host or router does, and puts them together again.</summary>
internal static class Pieces
{
    private const int Ip = Frame.EthernetBytes;
    private const int Ipv6HeaderBytes = 40;
    private const int FragmentHeaderBytes = 8;
    private const byte FragmentHeader = 44;
    private const int Unit = 8;

    /// <param name="packet">Built without padding.</param>
    /// <param name="atBytes">Where each fragment but the first begins, in bytes of what the packet carries; multiples of eight.</param>
    internal static byte[][] Cut(Frame packet, ushort id, params int[] atBytes)
    {
        byte[] whole = (packet with { PaddingBytes = 0 }).Build();
        int header = packet.IsV6 ? Ipv6HeaderBytes : packet.IpBytes;
        int carried = whole.Length - Ip - header;
        int[] begins = [0, .. atBytes];
        return [.. begins.Select((begin, i) => Piece(
            whole, header, id, begin, i + 1 < begins.Length ? begins[i + 1] : carried, carried))];
    }

    /// <summary>The packet of these fragments, whole, with its Ethernet header.</summary>
    internal static byte[] Join(IReadOnlyList<byte[]> pieces)
    {
        bool isV6 = pieces[0][Ip] >> 4 == 6;
        int header = isV6 ? Ipv6HeaderBytes : (pieces[0][Ip] & 15) * 4;
        int skipped = header + (isV6 ? FragmentHeaderBytes : 0);
        byte[] whole = [.. pieces[0][..(Ip + header)], .. pieces.SelectMany(piece => piece[(Ip + skipped)..])];
        Span<byte> ip = whole.AsSpan(Ip);
        if (isV6)
        {
            ip[6] = pieces[0][Ip + Ipv6HeaderBytes];
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(whole.Length - Ip - header));
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(whole.Length - Ip));
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], Frame.Identification);
            BinaryPrimitives.WriteUInt16BigEndian(ip[6..], 0);
            Frame.WriteChecksum(ip[..header]);
        }

        return whole;
    }

    private static byte[] Piece(byte[] whole, int header, ushort id, int begin, int end, int carried)
    {
        bool isV6 = whole[Ip] >> 4 == 6, hasMore = end < carried;
        byte[] extension = isV6 ? ExtensionOf(whole[Ip + 6], id, begin, hasMore) : [];
        byte[] piece = [.. whole[..(Ip + header)], .. extension, .. whole[(Ip + header + begin)..(Ip + header + end)]];
        Span<byte> ip = piece.AsSpan(Ip);
        if (isV6)
        {
            ip[6] = FragmentHeader;
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(piece.Length - Ip - header));
            return piece;
        }

        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(piece.Length - Ip));
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], id);
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], (ushort)((begin / Unit) | (hasMore ? 0x2000 : 0)));
        Frame.WriteChecksum(ip[..header]);
        return piece;
    }

    // RFC 8200 §4.5.
    private static byte[] ExtensionOf(byte next, ushort id, int begin, bool hasMore)
    {
        var extension = new byte[FragmentHeaderBytes];
        extension[0] = next;
        BinaryPrimitives.WriteUInt16BigEndian(extension.AsSpan(2), (ushort)(begin | (hasMore ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(extension.AsSpan(4), id);
        return extension;
    }
}
