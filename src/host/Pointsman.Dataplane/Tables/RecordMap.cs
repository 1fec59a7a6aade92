using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// From a record of one layout to that of another: fields go by their names, integers grow with zeros (numbers are little-endian here)
/// or lose their upper bytes; what only one of them has is left out, or zero.
/// </summary>
internal sealed class RecordMap
{
    private readonly List<(int From, int To, int Bytes)> _parts = [];
    private readonly BtfFile _from;
    private readonly BtfFile _to;

    private RecordMap(BtfFile from, BtfFile to)
    {
        _from = from;
        _to = to;
    }

    internal int FromBytes { get; private init; }

    internal int ToBytes { get; private init; }

    /// <param name="fromType">A number in <paramref name="from"/>.</param>
    /// <param name="toType">A number in <paramref name="to"/>.</param>
    internal static RecordMap Between(BtfFile from, int fromType, BtfFile to, int toType)
    {
        var map = new RecordMap(from, to) { FromBytes = SizeOf(from, fromType), ToBytes = SizeOf(to, toType) };
        map.Add(fromType, 0, toType, 0);
        return map;
    }

    internal void Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        to[..ToBytes].Clear();
        foreach ((int fromAt, int toAt, int bytes) in _parts)
        {
            from.Slice(fromAt, bytes).CopyTo(to[toAt..]);
        }
    }

    private void Add(int fromType, int fromAt, int toType, int toAt)
    {
        BtfType before = Plain(_from, fromType);
        BtfType after = Plain(_to, toType);
        if (before.Kind != after.Kind)
        {
            return;
        }

        switch (after.Kind)
        {
            case BtfKind.Struct:
                foreach (BtfMember member in after.Members)
                {
                    if (before.Members.FirstOrDefault(known => known.Name == member.Name) is { } same)
                    {
                        Add(same.TypeId, fromAt + same.OffsetOrNumber, member.TypeId, toAt + member.OffsetOrNumber);
                    }
                }

                break;
            case BtfKind.Array:
                int fromBytes = SizeOf(_from, before.SizeOrTypeId);
                int toBytes = SizeOf(_to, after.SizeOrTypeId);
                for (int i = 0; i < Math.Min(before.Count, after.Count); i++)
                {
                    Add(before.SizeOrTypeId, fromAt + (i * fromBytes), after.SizeOrTypeId, toAt + (i * toBytes));
                }

                break;
            case BtfKind.Int or BtfKind.Enum:
                AddPart(fromAt, toAt, Math.Min(before.SizeOrTypeId, after.SizeOrTypeId));
                break;
            default:
                throw new DataplaneException($"a record with a {after.Kind} cannot be taken over from another version");
        }
    }

    // Neighbours are copied at once.
    private void AddPart(int fromAt, int toAt, int bytes)
    {
        if (_parts.Count > 0 && _parts[^1] is var last && last.From + last.Bytes == fromAt && last.To + last.Bytes == toAt)
        {
            _parts[^1] = last with { Bytes = last.Bytes + bytes };
        }
        else
        {
            _parts.Add((fromAt, toAt, bytes));
        }
    }

    private static BtfType Plain(BtfFile file, int type)
    {
        BtfType found = file.Types[type];
        return found.Kind is BtfKind.TypeDefinition or BtfKind.Const or BtfKind.Volatile or BtfKind.Restrict or BtfKind.TypeTag
            ? Plain(file, found.SizeOrTypeId)
            : found;
    }

    private static int SizeOf(BtfFile file, int type) => Plain(file, type) switch
    {
        { Kind: BtfKind.Array } array => array.Count * SizeOf(file, array.SizeOrTypeId),
        var plain => plain.SizeOrTypeId,
    };
}
