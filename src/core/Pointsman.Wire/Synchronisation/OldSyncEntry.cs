using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Wire.Synchronisation;

/*  0                   1                   2                   3
   |       0       |   Protocol    |          Client port          |
   |         Virtual port          |          Server port          |
   |                        Client address                         |
   |                        Virtual address                        |
   |                        Server address                         |
   |            Flags              |             State             |
   and, if the flags say that sequence numbers are shifted, 24 bytes of those in the sender's own byte order */

/// <summary>An entry of version 0: IPv4, without a timeout. Read only.</summary>
internal static class OldSyncEntry
{
    private const int ProtocolAt = 1;
    private const int ClientPortAt = 2;
    private const int VirtualPortAt = 4;
    private const int ServerPortAt = 6;
    private const int ClientAt = 8;
    private const int VirtualAt = 12;
    private const int ServerAt = 16;
    private const int FlagsAt = 20;
    private const int StateAt = 22;
    private const int FixedBytes = 24;

    internal static SyncParseError TryParse(ReadOnlySpan<byte> bytes, out SyncEntry entry, out int lengthBytes)
    {
        entry = default;
        lengthBytes = FixedBytes;
        if (bytes.Length < FixedBytes)
        {
            return SyncParseError.EntryTruncated;
        }

        var flags = (SyncFlags)BinaryPrimitives.ReadUInt16BigEndian(bytes[FlagsAt..]);
        if ((flags & SyncFlags.Sequences) != 0)
        {
            // Nobody can know their byte order; they are of application helpers, whose connections are not taken.
            lengthBytes += SyncOptions.SequencesBytes;
        }

        if (bytes.Length < lengthBytes)
        {
            return SyncParseError.EntryTruncated;
        }

        entry = new SyncEntry
        {
            Protocol = bytes[ProtocolAt],
            Flags = flags,
            State = BinaryPrimitives.ReadUInt16BigEndian(bytes[StateAt..]),
            ClientPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[ClientPortAt..]),
            VirtualPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[VirtualPortAt..]),
            ServerPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[ServerPortAt..]),
            Client = IpAddress.FromBytes(bytes.Slice(ClientAt, 4)),
            Virtual = IpAddress.FromBytes(bytes.Slice(VirtualAt, 4)),
            Server = IpAddress.FromBytes(bytes.Slice(ServerAt, 4)),
        };
        return SyncParseError.None;
    }
}
