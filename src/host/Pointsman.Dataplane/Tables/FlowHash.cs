using System.Buffers.Binary;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>Where a connection stands in the table, as bpf/hash.h has it; keep both or neither.</summary>
internal static class FlowHash
{
    /// <returns>The bucket, and the tag of its entry.</returns>
    /// <param name="client">What stands for it in its entry, with the salt that belongs to it.</param>
    /// <param name="target">What the program knows the target by: an address, the number of one, or one folded.</param>
    internal static (int Bucket, ushort Tag) Of(
        in PmSettings settings, Be32 client, ushort salt, ushort clientPort, Be32 target, ushort targetPort, byte protocol, int buckets)
    {
        ulong hash = (((ulong)Raw(client) << 32) | Raw(target)) ^ settings.Seed[0];
        hash *= 0x9e3779b97f4a7c15ul;
        hash ^= hash >> 32;
        hash ^= (((ulong)salt << 48) | ((ulong)Raw(clientPort) << 32) | ((ulong)Raw(targetPort) << 16) | protocol)
            ^ settings.Seed[1];
        hash *= 0xd6e8feb86659fd93ul;
        hash ^= hash >> 32;
        hash *= 0xd6e8feb86659fd93ul;
        return ((int)((uint)(hash >> 32) & (uint)(buckets - 1)), (ushort)(hash >> 16));
    }

    // Words as they stand in memory, which is how the program computes with them.
    private static uint Raw(Be32 word) => BinaryPrimitives.ReverseEndianness(word.Value);

    private static ushort Raw(ushort port) => BinaryPrimitives.ReverseEndianness(port);

    /// <summary>What stands for a client in its entry, and what else of it goes into the hash.</summary>
    internal static (Be32 Saddr, ushort Salt) Client(in PmSettings settings, IpAddress client)
    {
        if (client.IsV4)
        {
            return (new Be32(client), 0);
        }

        Span<byte> bytes = client.ToBytes();
        ulong high = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        ulong low = ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        ulong hash = (high ^ settings.Seed[1]) * 0x9e3779b97f4a7c15ul;
        hash ^= hash >> 32;
        hash = (hash ^ low ^ settings.Seed[0]) * 0xd6e8feb86659fd93ul;
        hash ^= hash >> 32;
        hash *= 0xff51afd7ed558ccdul;
        return (new Be32(BinaryPrimitives.ReverseEndianness((uint)(hash >> 32))), (ushort)(hash >> 16));
    }
}
