using System.Buffers.Binary;
using Pointsman.Base;

namespace Pointsman.Wire.Synchronisation;

/// <summary>Gathers entries into messages of version 1.</summary>
public sealed class SyncMessageWriter
{
    /// <summary>Any entry fits a message of this length, with all that can be said of it.</summary>
    public const int LeastBytes = SyncMessage.HeaderBytes + SyncEntryCodec.V6Bytes + SyncOptions.MostBytes;

    private readonly byte[] _bytes;
    private readonly byte _syncId;
    private int _lengthBytes = SyncMessage.HeaderBytes;

    /// <param name="maxLengthBytes">Of a message: what the way takes in one datagram.</param>
    public SyncMessageWriter(byte syncId, int maxLengthBytes)
    {
        _syncId = syncId;
        _bytes = new byte[Math.Clamp(maxLengthBytes, LeastBytes, ushort.MaxValue)];
    }

    /// <summary>How many entries the message has so far.</summary>
    public int Count { get; private set; }

    /// <returns>False: it has no room; finish this message, and add it to the next.</returns>
    public bool TryAdd(in SyncEntry entry)
    {
        int at = SyncMessage.RoundUp(_lengthBytes);
        int entryBytes = SyncEntryCodec.LengthBytes(entry);
        if (Count == SyncMessage.EntriesMost || at + entryBytes > _bytes.Length)
        {
            Invariant.That(Count > 0, "an entry fits an empty message");
            return false;
        }

        _bytes.AsSpan(_lengthBytes, at - _lengthBytes).Clear();
        SyncEntryCodec.Write(_bytes.AsSpan(at, entryBytes), entry);
        _lengthBytes = at + entryBytes;
        Count++;
        return true;
    }

    /// <summary>
    /// The message, good until another entry is added: that one begins the next. Without an entry it says nothing but that its
    /// sender is there.
    /// </summary>
    public ReadOnlySpan<byte> Finish()
    {
        ReadOnlySpan<byte> message = _bytes.AsSpan(0, _lengthBytes);
        Span<byte> header = _bytes.AsSpan(0, SyncMessage.HeaderBytes);
        header.Clear();
        header[SyncMessage.SyncIdAt] = _syncId;
        BinaryPrimitives.WriteUInt16BigEndian(header[SyncMessage.SizeAt..], (ushort)_lengthBytes);
        header[SyncMessage.CountAt] = (byte)Count;
        header[SyncMessage.VersionAt] = SyncMessage.Version;
        Count = 0;
        _lengthBytes = SyncMessage.HeaderBytes;
        return message;
    }
}
