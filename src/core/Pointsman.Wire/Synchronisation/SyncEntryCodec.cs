using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Wire.Synchronisation;

/*  0                   1                   2                   3
   |     Type      |   Protocol    | Ver = 0 |  Size with options  |
   |                             Flags                             |
   |            State              |          Client port          |
   |         Virtual port          |          Server port          |
   |                             Mark                              |
   |                       Timeout in seconds                      |
   client, virtual and server address: of type 0 four bytes each, of type 1 sixteen
   options: type, length, and so many bytes                          */

/// <summary>An entry of version 1.</summary>
internal static class SyncEntryCodec
{
    internal const int V6Bytes = AddressesAt + (3 * 16);

    private const int ProtocolAt = 1;
    private const int SizeAt = 2;
    private const int SizeMask = 0x0fff;
    private const int FlagsAt = 4;
    private const int StateAt = 8;
    private const int ClientPortAt = 10;
    private const int VirtualPortAt = 12;
    private const int ServerPortAt = 14;
    private const int MarkAt = 16;
    private const int TimeoutAt = 20;
    private const int AddressesAt = 24;
    private const int V4Bytes = AddressesAt + (3 * 4);

    internal static int FixedBytes(IpFamily family) => family == IpFamily.V4 ? V4Bytes : V6Bytes;

    /// <param name="lengthBytes">Without what fills it up to a multiple of four.</param>
    /// <param name="isUnderstood">False: it has an option that one has to know, and this does not.</param>
    internal static SyncParseError TryParse(ReadOnlySpan<byte> bytes, out SyncEntry entry, out int lengthBytes, out bool isUnderstood)
    {
        entry = default;
        lengthBytes = 0;
        isUnderstood = true;
        if (bytes.Length < V4Bytes)
        {
            return SyncParseError.EntryTruncated;
        }

        int sizeAndVersion = BinaryPrimitives.ReadUInt16BigEndian(bytes[SizeAt..]);
        lengthBytes = sizeAndVersion & SizeMask;
        byte type = bytes[0];
        int fixedBytes = type == 0 ? V4Bytes : V6Bytes;
        SyncParseError error = type > 1 ? SyncParseError.EntryType
            : (sizeAndVersion & ~SizeMask) != 0 ? SyncParseError.EntryVersion
            : lengthBytes < fixedBytes ? SyncParseError.EntrySize
            : lengthBytes > bytes.Length ? SyncParseError.EntryTruncated
            : SyncParseError.None;
        if (error != SyncParseError.None)
        {
            return error;
        }

        int addressBytes = type == 0 ? 4 : 16;
        entry = new SyncEntry
        {
            Protocol = bytes[ProtocolAt],
            Flags = (SyncFlags)BinaryPrimitives.ReadInt32BigEndian(bytes[FlagsAt..]),
            State = BinaryPrimitives.ReadUInt16BigEndian(bytes[StateAt..]),
            ClientPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[ClientPortAt..]),
            VirtualPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[VirtualPortAt..]),
            ServerPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[ServerPortAt..]),
            Mark = BinaryPrimitives.ReadUInt32BigEndian(bytes[MarkAt..]),
            TimeoutSeconds = BinaryPrimitives.ReadUInt32BigEndian(bytes[TimeoutAt..]),
            Client = IpAddress.FromBytes(bytes.Slice(AddressesAt, addressBytes)),
            Virtual = IpAddress.FromBytes(bytes.Slice(AddressesAt + addressBytes, addressBytes)),
            Server = IpAddress.FromBytes(bytes.Slice(AddressesAt + (2 * addressBytes), addressBytes)),
        };
        return lengthBytes == fixedBytes
            ? SyncParseError.None
            : SyncOptions.TryParse(bytes[fixedBytes..lengthBytes], ref entry, out isUnderstood);
    }

    /// <summary>How long it will be, without what fills it up.</summary>
    internal static int LengthBytes(in SyncEntry entry) => FixedBytes(entry.Client.Family) + SyncOptions.LengthBytes(entry);

    /// <param name="target">Of <see cref="LengthBytes"/>.</param>
    internal static void Write(Span<byte> target, in SyncEntry entry)
    {
        int addressBytes = entry.Client.LengthBytes;
        Invariant.That(
            entry.Virtual.Family == entry.Client.Family && entry.Server.Family == entry.Client.Family, "all addresses of an entry are of one family");
        target[0] = (byte)(entry.Client.IsV4 ? 0 : 1);
        target[ProtocolAt] = entry.Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(target[SizeAt..], (ushort)target.Length);
        BinaryPrimitives.WriteInt32BigEndian(target[FlagsAt..], (int)entry.Flags);
        BinaryPrimitives.WriteUInt16BigEndian(target[StateAt..], entry.State);
        BinaryPrimitives.WriteUInt16BigEndian(target[ClientPortAt..], entry.ClientPort);
        BinaryPrimitives.WriteUInt16BigEndian(target[VirtualPortAt..], entry.VirtualPort);
        BinaryPrimitives.WriteUInt16BigEndian(target[ServerPortAt..], entry.ServerPort);
        BinaryPrimitives.WriteUInt32BigEndian(target[MarkAt..], entry.Mark);
        BinaryPrimitives.WriteUInt32BigEndian(target[TimeoutAt..], entry.TimeoutSeconds);
        entry.Client.WriteBytes(target[AddressesAt..]);
        entry.Virtual.WriteBytes(target[(AddressesAt + addressBytes)..]);
        entry.Server.WriteBytes(target[(AddressesAt + (2 * addressBytes))..]);
        SyncOptions.Write(target[FixedBytes(entry.Client.Family)..], entry);
    }
}
