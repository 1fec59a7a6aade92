using System.Buffers.Binary;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>Where a connection of a service by a mark stands in the table, as bpf/hash.h has it; keep both or neither.</summary>
internal static class FlowHash
{
    /// <returns>The bucket, and the tag of its entry.</returns>
    internal static (int Bucket, ushort Tag) Of(
        in PmSettings settings, in PmFlow flow, TransportEndpoint client, TransportEndpoint target, TransportProtocol protocol, int buckets)
    {
        ulong hash = (((ulong)Raw(flow.Saddr) << 32) | RawTarget(target.Address)) ^ settings.Seed[0];
        hash *= 0x9e3779b97f4a7c15ul;
        hash ^= hash >> 32;
        hash ^= (((ulong)Salt(settings, client.Address) << 48) | ((ulong)Raw(client.Port) << 32) | ((ulong)Raw(target.Port) << 16) | (byte)protocol)
            ^ settings.Seed[1];
        hash *= 0xd6e8feb86659fd93ul;
        hash ^= hash >> 32;
        hash *= 0xd6e8feb86659fd93ul;
        return ((int)((uint)(hash >> 32) & (uint)(buckets - 1)), (ushort)(hash >> 16));
    }

    // Words as they stand in memory, which is how the program computes with them.
    private static uint Raw(Be32 word) => BinaryPrimitives.ReverseEndianness(word.Value);

    private static ushort Raw(ushort port) => BinaryPrimitives.ReverseEndianness(port);

    private static uint RawTarget(IpAddress address) => BinaryPrimitives.ReverseEndianness(Prefilter.Fold(address));

    private static ushort Salt(in PmSettings settings, IpAddress client)
    {
        if (client.IsV4)
        {
            return 0;
        }

        Span<byte> bytes = client.ToBytes();
        ulong high = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        ulong low = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        ulong hash = (high ^ settings.Seed[1]) * 0x9e3779b97f4a7c15ul;
        hash ^= hash >> 32;
        hash = (hash ^ low ^ settings.Seed[0]) * 0xd6e8feb86659fd93ul;
        hash ^= hash >> 32;
        hash *= 0xff51afd7ed558ccdul;
        return (ushort)(hash >> 16);
    }
}
