using System.Buffers.Binary;
using System.Text;

namespace Pointsman.Dataplane.Bpf;

/* BTF, as Documentation/bpf/btf.rst of the kernel describes it: a header, type records, strings. Only what the
   generator of the C# mirrors, and the upgrade from another layout, ask for is kept. */

/// <summary>The types of a BPF object: in its .BTF section, or as the kernel has them of a map.</summary>
internal sealed class BtfFile
{
    private const int HeaderBytes = 24;
    private readonly byte[] _strings;
    private readonly List<BtfType> _types = [BtfType.Void];

    private BtfFile(ReadOnlySpan<byte> section)
    {
        int typesAt = BinaryPrimitives.ReadInt32LittleEndian(section[8..]) + HeaderBytes;
        int typesBytes = BinaryPrimitives.ReadInt32LittleEndian(section[12..]);
        int stringsAt = BinaryPrimitives.ReadInt32LittleEndian(section[16..]) + HeaderBytes;
        int stringsBytes = BinaryPrimitives.ReadInt32LittleEndian(section[20..]);
        _strings = section.Slice(stringsAt, stringsBytes).ToArray();
        ReadOnlySpan<byte> types = section.Slice(typesAt, typesBytes);
        while (types.Length > 0)
        {
            types = types[ReadType(types)..];
        }
    }

    internal IReadOnlyList<BtfType> Types => _types;

    internal static BtfFile OfMap(ReadOnlySpan<byte> raw) => new(raw);

    internal static BtfFile OfObject(ReadOnlySpan<byte> elf) => new(Section(elf, ".BTF"));

    private static ReadOnlySpan<byte> Section(ReadOnlySpan<byte> elf, string wanted)
    {
        int tableAt = (int)BinaryPrimitives.ReadInt64LittleEndian(elf[0x28..]);
        int entryBytes = BinaryPrimitives.ReadInt16LittleEndian(elf[0x3a..]);
        int count = BinaryPrimitives.ReadInt16LittleEndian(elf[0x3c..]);
        int namesIndex = BinaryPrimitives.ReadInt16LittleEndian(elf[0x3e..]);
        int namesAt = (int)BinaryPrimitives.ReadInt64LittleEndian(elf[(tableAt + (namesIndex * entryBytes) + 0x18)..]);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = elf[(tableAt + (i * entryBytes))..];
            int nameAt = namesAt + BinaryPrimitives.ReadInt32LittleEndian(header);
            if (Text(elf[nameAt..]) == wanted)
            {
                int at = (int)BinaryPrimitives.ReadInt64LittleEndian(header[0x18..]);
                int sizeBytes = (int)BinaryPrimitives.ReadInt64LittleEndian(header[0x20..]);
                return elf.Slice(at, sizeBytes);
            }
        }

        throw new InvalidDataException($"the object has no {wanted}");
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes[..bytes.IndexOf((byte)0)]);

    private string Name(int at) => Text(_strings.AsSpan(at));

    // struct btf_type: name, info (kind in bits 24-28, count in 0-15), size or type; then what the kind adds.
    private int ReadType(ReadOnlySpan<byte> bytes)
    {
        const int RecordBytes = 12;
        string name = Name(BinaryPrimitives.ReadInt32LittleEndian(bytes));
        uint info = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        int sizeOrType = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        var kind = (BtfKind)((info >> 24) & 0x1f);
        int count = (int)(info & 0xffff);
        ReadOnlySpan<byte> rest = bytes[RecordBytes..];
        var members = new List<BtfMember>();
        int extraBytes;
        switch (kind)
        {
            case BtfKind.Struct or BtfKind.Union:
                extraBytes = 12 * count;
                for (int i = 0; i < count; i++)
                {
                    ReadOnlySpan<byte> member = rest[(12 * i)..];
                    members.Add(new BtfMember(
                        Name(BinaryPrimitives.ReadInt32LittleEndian(member)),
                        BinaryPrimitives.ReadInt32LittleEndian(member[4..]),
                        BinaryPrimitives.ReadInt32LittleEndian(member[8..]) / 8));
                }

                break;
            case BtfKind.Enum:
                extraBytes = 8 * count;
                for (int i = 0; i < count; i++)
                {
                    ReadOnlySpan<byte> member = rest[(8 * i)..];
                    members.Add(new BtfMember(
                        Name(BinaryPrimitives.ReadInt32LittleEndian(member)),
                        TypeId: 0,
                        BinaryPrimitives.ReadInt32LittleEndian(member[4..])));
                }

                break;
            case BtfKind.Array:
                extraBytes = 12;
                sizeOrType = BinaryPrimitives.ReadInt32LittleEndian(rest);
                count = BinaryPrimitives.ReadInt32LittleEndian(rest[8..]);
                break;
            default:
                extraBytes = kind switch
                {
                    BtfKind.Int or BtfKind.Var or BtfKind.DeclarationTag => 4,
                    BtfKind.FunctionPrototype => 8 * count,
                    BtfKind.DataSection or BtfKind.Enum64 => 12 * count,
                    _ => 0,
                };
                break;
        }

        _types.Add(new BtfType(kind, name, sizeOrType, count, members));
        return RecordBytes + extraBytes;
    }
}

/// <summary>A member of a struct (its offset in bytes) or of an enum (its number).</summary>
internal sealed record BtfMember(string Name, int TypeId, int OffsetOrNumber);

/// <param name="SizeOrTypeId">
/// The size of a struct or integer, the type that others refer to, the elements' of an array.
/// </param>
internal sealed record BtfType(
    BtfKind Kind, string Name, int SizeOrTypeId, int Count, IReadOnlyList<BtfMember> Members)
{
    internal static BtfType Void { get; } = new(BtfKind.Void, "void", 0, 0, []);
}

/// <summary>Numbered as BTF numbers them.</summary>
internal enum BtfKind
{
    Void = 0,
    Int = 1,
    Pointer = 2,
    Array = 3,
    Struct = 4,
    Union = 5,
    Enum = 6,
    Forward = 7,
    TypeDefinition = 8,
    Volatile = 9,
    Const = 10,
    Restrict = 11,
    Function = 12,
    FunctionPrototype = 13,
    Var = 14,
    DataSection = 15,
    Float = 16,
    DeclarationTag = 17,
    TypeTag = 18,
    Enum64 = 19,
}
