using System.Globalization;
using Pointsman.Base;
using Pointsman.Config.Binding;

namespace Pointsman.Config.Model;

/// <summary>A line of <c>virtual_server_group</c>: the addresses from the first to the last, both included, of one family.</summary>
public sealed record VirtualRangeConfig(IpAddress First, IpAddress Last, ushort Port, SourceSpan Source)
{
    /// <summary>Zero: addresses are meant; else all packets with this mark.</summary>
    public uint Mark { get; init; }

    /// <summary>Of a mark: which packets with it; null: those of the family that its virtual server has.</summary>
    public IpFamily? MarkFamily { get; init; }

    /// <param name="family">Of marks without one of their own.</param>
    public IEnumerable<VirtualTarget> Targets(IpFamily family)
    {
        if (Mark != 0)
        {
            yield return new VirtualTarget(TransportEndpoint.OfMark(Mark, MarkFamily ?? family));
            yield break;
        }

        UInt128 first = Bits(First);
        UInt128 count = Bits(Last) - first + 1;
        for (UInt128 offset = 0; offset < count; offset++)
        {
            yield return new VirtualTarget(new TransportEndpoint(At(first + offset), Port));
        }
    }

    /// <summary>How many addresses it has.</summary>
    public UInt128 Count => Bits(Last) - Bits(First) + 1;

    /// <summary>As one would type it.</summary>
    public override string ToString() => Mark != 0
        ? string.Create(CultureInfo.InvariantCulture, $"fwmark {Mark}{(MarkFamily is { } family ? $" {MarkRules.WordOf(family)}" : "")}")
        : Port == 0 ? Addresses : string.Create(CultureInfo.InvariantCulture, $"{Addresses} {Port}");

    private string Addresses => First == Last ? First.ToString()
        : First.IsV4 && First.V4Bits >> 8 == Last.V4Bits >> 8
            ? string.Create(CultureInfo.InvariantCulture, $"{First}-{(byte)Last.V4Bits}")
        : !First.IsV4 && Bits(First) >> 16 == Bits(Last) >> 16
            ? string.Create(CultureInfo.InvariantCulture, $"{First}-{(ushort)Bits(Last):x}")
        : $"{First}-{Last}";

    private IpAddress At(UInt128 bits) => First.IsV4 ? IpAddress.FromV4Bits((uint)bits) : IpAddress.FromV6Bits(bits);

    private static UInt128 Bits(IpAddress address) => address.IsV4
        ? address.V4Bits
        : System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(address.ToBytes());
}
