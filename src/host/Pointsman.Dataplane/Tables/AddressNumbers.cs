using Pointsman.Base;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// IPv6 addresses of services and servers stand in the other tables by a number, so that a record is as short as one of
/// IPv4. A number is given back when no record names it, and taken again as late as can be.
/// </summary>
internal sealed class AddressNumbers
{
    private readonly PinnedTables _tables;
    private readonly WriteCount _writes;
    private readonly Dictionary<IpAddress, uint> _numbers = [];
    private uint _last;

    internal AddressNumbers(PinnedTables tables, WriteCount writes)
    {
        _tables = tables;
        _writes = writes;
        for (int number = 1; number < tables.Addresses.Count; number++)
        {
            if (tables.Addresses[number] != default)
            {
                _last = (uint)number;
                _numbers[tables.Addresses[number].Address] = _last;
            }
        }
    }

    internal static byte FamilyOf(IpAddress address) => (byte)(address.IsV4 ? PmFamily.V4 : PmFamily.V6);

    /// <summary>The address that a record names.</summary>
    internal static IpAddress Read(PinnedTables tables, Be32 name, byte family) => family == (byte)PmFamily.V4
        ? name.Address
        : tables.Addresses[(int)(name.Value % (uint)tables.Addresses.Count)].Address;

    /// <summary>The address as records name it; it has a number from now on.</summary>
    internal Be32 Name(IpAddress address)
    {
        if (address.IsV4)
        {
            return new Be32(address);
        }

        if (!_numbers.TryGetValue(address, out uint number))
        {
            _numbers[address] = number = TakeFree();
            _tables.Addresses[(int)number] = new Be128(address);
            _tables.Numbers.Update(new Be128(address), new Be32(number));
            _writes.Add(2);
        }

        return new Be32(number);
    }

    /// <summary>Gives back what neither a service nor a server's record names.</summary>
    internal void FreeUnused()
    {
        if (_numbers.Count == 0)
        {
            return;
        }

        HashSet<uint> named = [.. _tables.Services.Keys<PmServiceKey>()
            .Where(key => key.Family != (byte)PmFamily.V4 && !KeyNames.IsMark(key.Proto)).Select(key => key.Addr.Value)];
        foreach (int slot in _tables.UsedSlots())
        {
            ref PmServer record = ref _tables.Servers[slot];
            if (record.Family != (byte)PmFamily.V4 && !KeyNames.IsMark(record.Proto))
            {
                named.Add(record.Vip.Value);
            }

            if ((record.Flags & (ushort)PmServerFlag.V6) != 0)
            {
                named.Add(record.Rip.Value);
                named.Add(record.TunnelSource.Value);
            }
        }

        foreach ((IpAddress address, uint number) in _numbers.Where(pair => !named.Contains(pair.Value)).ToList())
        {
            _tables.Numbers.TryDelete(new Be128(address));
            _tables.Addresses[(int)number] = default;
            _numbers.Remove(address);
            _writes.Add(2);
        }
    }

    private uint TakeFree()
    {
        for (int i = 1; i < _tables.Addresses.Count; i++)
        {
            uint number = (_last + (uint)i) % (uint)_tables.Addresses.Count;
            if (number != 0 && _tables.Addresses[(int)number] == default)
            {
                return _last = number;
            }
        }

        throw new DataplaneException($"more than {_tables.Addresses.Count - 1} IPv6 addresses");
    }
}
