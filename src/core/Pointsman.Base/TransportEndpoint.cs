namespace Pointsman.Base;

/// <summary>An address with a port.</summary>
public readonly record struct TransportEndpoint(IpAddress Address, ushort Port) : IComparable<TransportEndpoint>
{
    public static bool operator <(TransportEndpoint left, TransportEndpoint right) => left.CompareTo(right) < 0;

    public static bool operator >(TransportEndpoint left, TransportEndpoint right) => left.CompareTo(right) > 0;

    public static bool operator <=(TransportEndpoint left, TransportEndpoint right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TransportEndpoint left, TransportEndpoint right) => left.CompareTo(right) >= 0;

    public int CompareTo(TransportEndpoint other)
    {
        int byAddress = Address.CompareTo(other.Address);
        return byAddress != 0 ? byAddress : Port.CompareTo(other.Port);
    }

    public override string ToString() => Address.IsV4 ? $"{Address}:{Port}" : $"[{Address}]:{Port}";
}
