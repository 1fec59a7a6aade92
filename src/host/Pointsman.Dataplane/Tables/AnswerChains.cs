using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// Leads from where an answer of a NAT server comes from to the records it may be for: one for each service that the
/// server belongs to. Packets follow a chain while it is written; each moment leads to all that were there before.
/// </summary>
internal sealed class AnswerChains(PinnedTables tables, WriteCount writes)
{
    /// <summary>Links all records in use but those that are about to be freed.</summary>
    internal void Link(HashSet<int> without)
    {
        var wanted = new Dictionary<PmServiceKey, uint>();
        foreach (int slot in tables.UsedSlots())
        {
            ref PmServer record = ref tables.Servers[slot];
            if (record.Method != (byte)ForwardingMethod.Masquerade || without.Contains(slot))
            {
                continue;
            }

            // In the order of slots each leads to the one before it, and the place to the last.
            var key = new PmServiceKey { Addr = record.Rip, Port = record.Rport, Proto = record.Proto, Family = record.Family };
            uint next = wanted.GetValueOrDefault(key);
            if (record.NextBack != next)
            {
                Volatile.Write(ref record.NextBack, next);
                writes.Add();
            }

            wanted[key] = (uint)slot;
        }

        Span<ulong> filter = tables.Prefilter.Span.Slice(PmLimit.PrefilterWords, PmLimit.PrefilterWords);
        foreach ((PmServiceKey key, uint slot) in wanted)
        {
            if (!tables.Backs.TryLookup(key, out uint before) || before != slot)
            {
                tables.Backs.Update(key, slot);
                writes.Add();
            }

            Prefilter.Add(filter, AddressOf(key), writes);
        }

        foreach (PmServiceKey key in tables.Backs.Keys<PmServiceKey>())
        {
            if (!wanted.ContainsKey(key))
            {
                tables.Backs.TryDelete(key);
                writes.Add();
            }
        }

        Prefilter.Restrict(filter, wanted.Keys.Select(AddressOf).Distinct(), writes);
    }
    private IpAddress AddressOf(PmServiceKey key) => AddressNumbers.Read(tables, key.Addr, key.Family);
}
