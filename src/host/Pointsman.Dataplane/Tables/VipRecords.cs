using Pointsman.Dataplane.Bpf;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>The virtual addresses and their leases, for what carries no port.</summary>
internal sealed class VipRecords(BpfMap vips, WriteCount writes)
{
    internal void Write(Dictionary<Be128, PmVip> wanted)
    {
        foreach ((Be128 key, PmVip record) in wanted)
        {
            if (!vips.TryLookup(key, out PmVip before) || !before.Equals(record))
            {
                vips.Update(key, record);
                writes.Add();
            }
        }
    }

    /// <summary>Removes all but these.</summary>
    internal void Keep(Dictionary<Be128, PmVip> wanted)
    {
        foreach (Be128 vip in vips.Keys<Be128>())
        {
            if (!wanted.ContainsKey(vip))
            {
                vips.TryDelete(vip);
                writes.Add();
            }
        }
    }
}
