using Pointsman.Base;

namespace Pointsman.Balance.Connections;

/// <summary>
/// Persistence: the clients of one network go to one server, until <paramref name="Timeout"/> has passed since the last
/// new connection of any of them and the last of their connections has expired.
/// </summary>
/// <param name="PrefixLength">Leading bits of the client's address that name the network.</param>
public sealed record PersistenceRule(TimeSpan Timeout, int PrefixLength)
{
    /// <summary>Bits of IPv4 among those that do not count all the same (<see cref="V4Mask"/>).</summary>
    public uint Gaps { get; init; }

    public IpAddress NetworkOf(IpAddress client)
    {
        byte[] bytes = client.ToBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int bitsKept = Math.Clamp(PrefixLength - (8 * i), 0, 8);
            bytes[i] &= (byte)(0xff00 >> bitsKept);
        }

        var network = IpAddress.FromBytes(bytes);
        return network.IsV4 ? IpAddress.FromV4Bits(network.V4Bits & ~Gaps) : network;
    }
}
