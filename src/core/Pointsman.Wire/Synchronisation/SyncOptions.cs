using System.Buffers.Binary;
using System.Text;
using Pointsman.Base;

namespace Pointsman.Wire.Synchronisation;

/// <summary>What may follow an entry of version 1: shifted sequence numbers, and what a persistence engine knows the client by.</summary>
internal static class SyncOptions
{
    internal const int SequencesBytes = 24;

    private const byte Sequences = 1;
    private const byte EngineData = 2;
    private const byte EngineName = 3;

    /// <summary>Added to a type: whoever does not know it may go on without.</summary>
    private const byte MayBeIgnored = 0x40;

    private const int HeadBytes = 2;
    private const int EngineNameMost = 16;

    internal const int MostBytes = HeadBytes + SequencesBytes + HeadBytes + byte.MaxValue + HeadBytes + EngineNameMost;

    /// <param name="isUnderstood">False: one has to be known, and is not.</param>
    internal static SyncParseError TryParse(ReadOnlySpan<byte> bytes, ref SyncEntry entry, out bool isUnderstood)
    {
        isUnderstood = true;
        int seen = 0;
        while (!bytes.IsEmpty)
        {
            if (bytes.Length < HeadBytes || bytes[1] == 0 || HeadBytes + bytes[1] > bytes.Length)
            {
                return SyncParseError.OptionTruncated;
            }

            int type = bytes[0] & ~MayBeIgnored;
            ReadOnlySpan<byte> data = bytes.Slice(HeadBytes, bytes[1]);
            bool isKnown = type is Sequences or EngineData or EngineName;
            if (isKnown && (seen & (1 << type)) != 0)
            {
                return SyncParseError.OptionTwice;
            }

            if ((type == Sequences && data.Length != SequencesBytes) || (type == EngineName && data.Length > EngineNameMost))
            {
                return SyncParseError.OptionLength;
            }

            seen |= isKnown ? 1 << type : 0;
            isUnderstood &= isKnown || (bytes[0] & MayBeIgnored) != 0;
            entry = type switch
            {
                Sequences => entry with { InputSequence = ReadSequence(data), OutputSequence = ReadSequence(data[(SequencesBytes / 2)..]) },
                EngineData => entry with { EngineData = data.ToArray() },
                EngineName => entry with { EngineName = Encoding.Latin1.GetString(data) },
                _ => entry,
            };
            bytes = bytes[(HeadBytes + data.Length)..];
        }

        return SyncParseError.None;
    }

    internal static int LengthBytes(in SyncEntry entry) =>
        (HasSequences(entry) ? HeadBytes + SequencesBytes : 0)
        + (entry.EngineData.IsEmpty ? 0 : HeadBytes + entry.EngineData.Length)
        + (entry.EngineName is { Length: > 0 } name ? HeadBytes + name.Length : 0);

    internal static void Write(Span<byte> target, in SyncEntry entry)
    {
        if (HasSequences(entry))
        {
            Span<byte> data = Begin(ref target, Sequences, SequencesBytes);
            WriteSequence(data, entry.InputSequence ?? default);
            WriteSequence(data[(SequencesBytes / 2)..], entry.OutputSequence ?? default);
        }

        if (!entry.EngineData.IsEmpty)
        {
            Invariant.That(entry.EngineData.Length <= byte.MaxValue, "a persistence engine's data has at most 255 bytes");
            entry.EngineData.Span.CopyTo(Begin(ref target, EngineData, entry.EngineData.Length));
        }

        if (entry.EngineName is { Length: > 0 } name)
        {
            Invariant.That(name.Length <= EngineNameMost, "a persistence engine's name has at most 16 bytes");
            Encoding.Latin1.GetBytes(name, Begin(ref target, EngineName, name.Length));
        }
    }

    /// <summary>Both directions in this order: client's, server's.</summary>
    internal static SyncSequence ReadSequence(ReadOnlySpan<byte> data) => new(
        BinaryPrimitives.ReadUInt32BigEndian(data),
        BinaryPrimitives.ReadUInt32BigEndian(data[4..]),
        BinaryPrimitives.ReadUInt32BigEndian(data[8..]));

    private static bool HasSequences(in SyncEntry entry) => entry.InputSequence is not null || entry.OutputSequence is not null;

    private static void WriteSequence(Span<byte> data, SyncSequence sequence)
    {
        BinaryPrimitives.WriteUInt32BigEndian(data, sequence.Initial);
        BinaryPrimitives.WriteUInt32BigEndian(data[4..], sequence.Delta);
        BinaryPrimitives.WriteUInt32BigEndian(data[8..], sequence.PreviousDelta);
    }

    private static Span<byte> Begin(ref Span<byte> target, byte type, int lengthBytes)
    {
        target[0] = type;
        target[1] = (byte)lengthBytes;
        Span<byte> data = target.Slice(HeadBytes, lengthBytes);
        target = target[(HeadBytes + lengthBytes)..];
        return data;
    }
}
