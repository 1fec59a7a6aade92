namespace Pointsman.Health;

/// <summary>A real server by its place in the configuration: virtual server and real server count from 0.</summary>
public readonly record struct ServerId(int VirtualServer, int RealServer) : IComparable<ServerId>
{
    public static bool operator <(ServerId left, ServerId right) => left.CompareTo(right) < 0;

    public static bool operator >(ServerId left, ServerId right) => left.CompareTo(right) > 0;

    public static bool operator <=(ServerId left, ServerId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ServerId left, ServerId right) => left.CompareTo(right) >= 0;

    public int CompareTo(ServerId other)
    {
        int byVirtualServer = VirtualServer.CompareTo(other.VirtualServer);
        return byVirtualServer != 0 ? byVirtualServer : RealServer.CompareTo(other.RealServer);
    }
}
