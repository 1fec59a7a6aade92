using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>What the tables call a service, and what an operator does: an address and a port of a protocol, or a mark.</summary>
internal static class KeyNames
{
    private const byte MarkProto = PmLimit.MarkProto;

    /// <param name="nameOf">The word for an address in the tables.</param>
    internal static PmServiceKey Write(ServiceKey key, Func<IpAddress, Be32> nameOf) => key.IsMark
        ? new PmServiceKey
        {
            Addr = new Be32(key.Address.Mark),
            Proto = MarkProto,
            Family = AddressNumbers.FamilyOf(key.Address.Address),
        }
        : new PmServiceKey
        {
            Addr = nameOf(key.Address.Address),
            Port = new Be16(key.Address.Port),
            Proto = (byte)key.Protocol,
            Family = AddressNumbers.FamilyOf(key.Address.Address),
        };

    internal static ServiceKey Read(PinnedTables tables, in PmServiceKey key) => ServiceKey.Of(
        key.Proto == MarkProto ? TransportProtocol.Tcp : (TransportProtocol)key.Proto,
        Endpoint(tables, key.Addr, key.Port, key.Proto, key.Family));

    /// <summary>What a server's record says of its service.</summary>
    internal static PmServiceKey Of(in PmServer record) =>
        new() { Addr = record.Vip, Port = record.Vport, Proto = record.Proto, Family = record.Family };

    internal static PmServiceKey Of(in PmTemplateKey key) =>
        new() { Addr = key.Vip, Port = key.Vport, Proto = key.Proto, Family = CallRecords.FamilyOf(key) };

    internal static bool IsMark(byte proto) => proto == MarkProto;

    private static TransportEndpoint Endpoint(PinnedTables tables, Be32 address, Be16 port, byte proto, byte family) => proto == MarkProto
        ? TransportEndpoint.OfMark(address.Value, family == (byte)PmFamily.V4 ? IpFamily.V4 : IpFamily.V6)
        : new TransportEndpoint(AddressNumbers.Read(tables, address, family), port.Value);
}
