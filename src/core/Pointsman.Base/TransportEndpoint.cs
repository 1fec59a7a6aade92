namespace Pointsman.Base;

/// <summary>
/// An address with a port; or, where packets are told apart by it, a mark of the firewall with an unspecified address that says
/// which family is meant.
/// </summary>
public readonly record struct TransportEndpoint(IpAddress Address, ushort Port) : IComparable<TransportEndpoint>
{
    /// <summary>Zero: it is an address with a port.</summary>
    public uint Mark { get; init; }

    /// <summary>All packets of a family that bear this mark.</summary>
    public static TransportEndpoint OfMark(uint mark, IpFamily family) =>
        new(family == IpFamily.V4 ? IpAddress.FromV4Bits(0) : IpAddress.FromV6Bits(0), 0) { Mark = mark };

    public static bool operator <(TransportEndpoint left, TransportEndpoint right) => left.CompareTo(right) < 0;

    public static bool operator >(TransportEndpoint left, TransportEndpoint right) => left.CompareTo(right) > 0;

    public static bool operator <=(TransportEndpoint left, TransportEndpoint right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TransportEndpoint left, TransportEndpoint right) => left.CompareTo(right) >= 0;

    public int CompareTo(TransportEndpoint other)
    {
        int byAddress = Address.CompareTo(other.Address);
        int byPort = byAddress != 0 ? byAddress : Port.CompareTo(other.Port);
        return byPort != 0 ? byPort : Mark.CompareTo(other.Mark);
    }

    public override string ToString() => Mark != 0 ? $"fwmark {Mark}{(Address.IsV4 ? "" : " (IPv6)")}" : Address.IsV4 ? $"{Address}:{Port}" : $"[{Address}]:{Port}";
}
