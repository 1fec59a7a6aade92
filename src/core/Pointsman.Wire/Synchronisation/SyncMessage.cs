using System.Buffers.Binary;

namespace Pointsman.Wire.Synchronisation;

/* linux/net/netfilter/ipvs/ip_vs_sync.c is the only definition there is. Version 1, all in network order:
    0                   1                   2                   3
   |       0       |    Sync id    |       Size of the message     |
   |     Count     |  Version = 1  |               0               |
   entries, each from a multiple of four on
   Version 0:
   |     Count     |    Sync id    |       Size of the message     |
   entries                                                           */

/// <summary>A datagram of IPVS's connection synchronisation, of version 1 or 0.</summary>
public static class SyncMessage
{
    public const int HeaderBytes = 8;

    /// <summary>What the count has room for.</summary>
    public const int EntriesMost = byte.MaxValue;

    internal const int SyncIdAt = 1;
    internal const int SizeAt = 2;
    internal const int CountAt = 4;
    internal const int VersionAt = 5;
    internal const byte Version = 1;
    internal const int AlignmentBytes = 4;
    private const int SpareAt = 6;
    private const int OldHeaderBytes = 4;

    /// <summary>Reads what came in one datagram. Entries before one that is malformed are good, and are taken.</summary>
    /// <param name="entries">Gets the entries, behind what is in it.</param>
    public static SyncParseError TryParse(ReadOnlySpan<byte> bytes, List<SyncEntry> entries, out SyncHeader header)
    {
        header = default;
        if (bytes.Length < OldHeaderBytes)
        {
            return SyncParseError.TooShort;
        }

        // Only what is exactly so is of version 1; all else was sent by those that know no versions.
        bool isNew = bytes.Length >= HeaderBytes && bytes[0] == 0 && bytes[VersionAt] == Version
            && BinaryPrimitives.ReadUInt16BigEndian(bytes[SpareAt..]) == 0;
        header = new SyncHeader(isNew ? Version : 0, bytes[SyncIdAt], isNew ? bytes[CountAt] : bytes[0], 0);
        if (BinaryPrimitives.ReadUInt16BigEndian(bytes[SizeAt..]) != bytes.Length)
        {
            return SyncParseError.Size;
        }

        return isNew ? ReadEntries(bytes, entries, ref header) : ReadOldEntries(bytes, entries, header.Count);
    }

    private static SyncParseError ReadEntries(ReadOnlySpan<byte> bytes, List<SyncEntry> entries, ref SyncHeader header)
    {
        int at = HeaderBytes;
        for (int i = 0; i < header.Count; i++)
        {
            if (at > bytes.Length)
            {
                return SyncParseError.EntryTruncated;
            }

            SyncParseError error = SyncEntryCodec.TryParse(bytes[at..], out SyncEntry entry, out int lengthBytes, out bool isUnderstood);
            if (error != SyncParseError.None)
            {
                return error;
            }

            if (isUnderstood)
            {
                entries.Add(entry);
            }
            else
            {
                header = header with { SkippedCount = header.SkippedCount + 1 };
            }

            at = RoundUp(at + lengthBytes);
        }

        return SyncParseError.None;
    }

    private static SyncParseError ReadOldEntries(ReadOnlySpan<byte> bytes, List<SyncEntry> entries, int count)
    {
        ReadOnlySpan<byte> left = bytes[OldHeaderBytes..];
        for (int i = 0; i < count; i++)
        {
            SyncParseError error = OldSyncEntry.TryParse(left, out SyncEntry entry, out int lengthBytes);
            if (error != SyncParseError.None)
            {
                return error;
            }

            entries.Add(entry);
            left = left[lengthBytes..];
        }

        return SyncParseError.None;
    }

    internal static int RoundUp(int bytes) => (bytes + AlignmentBytes - 1) / AlignmentBytes * AlignmentBytes;
}
