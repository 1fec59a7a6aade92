using Pointsman.Dataplane.Bpf;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Tables;

/* XDP cannot send by the interface of a VLAN: a frame gets the tag in the data path and leaves by the interface below.
   All such interfaces of the host are told to it, since an answer may leave by one that no plan names. */

/// <summary>The host's VLANs, and what a frame needs to go out there.</summary>
internal sealed class VlanInterfaces(PinnedTables tables, WriteCount writes)
{
    /// <summary>What the kernel lets out by an interface, XDP's frames too, beyond its MTU: one tag.</summary>
    private const int TagBytes = 4;

    private Dictionary<uint, PmTags> _now = [];
    private Dictionary<uint, int> _most = [];

    /// <summary>Reads the host's interfaces anew.</summary>
    internal void Look()
    {
        using var routes = new RouteClient();
        List<NetworkLink> links = routes.Links();
        _now = TagsOf(links);
        _most = MostOf(links, _now);
    }

    /// <summary>The largest packet that gets out there with its tags, whatever the MTU of the interface itself.</summary>
    internal int MostOf(uint interfaceIndex) => _most.GetValueOrDefault(interfaceIndex, int.MaxValue);

    internal bool Has(uint interfaceIndex) => _now.ContainsKey(interfaceIndex);

    /// <summary>By which interface frames to that one leave.</summary>
    internal uint DeviceOf(uint interfaceIndex) =>
        _now.TryGetValue(interfaceIndex, out PmTags tags) ? tags.Device : interfaceIndex;

    internal void Write()
    {
        foreach ((uint index, PmTags tags) in _now)
        {
            if (!tables.Tags.TryLookup(index, out PmTags before) || !before.Equals(tags))
            {
                tables.Tags.Update(index, tags);
                writes.Add();
            }
        }

        foreach (uint index in tables.Tags.Keys<uint>().Where(index => !_now.ContainsKey(index)))
        {
            tables.Tags.TryDelete(index);
            writes.Add();
        }
    }

    /// <summary>The interfaces that one of a VLAN stands on.</summary>
    internal static IEnumerable<int> Below(IReadOnlyDictionary<int, NetworkLink> links, int index)
    {
        while (links.GetValueOrDefault(index) is { Vlan: not null, ParentIndex: > 0 } link)
        {
            yield return index = link.ParentIndex;
        }
    }

    // One on another is two tags, the lower interface's outside; three on each other are nobody's.
    internal static Dictionary<uint, PmTags> TagsOf(IReadOnlyList<NetworkLink> links)
    {
        var byIndex = links.ToDictionary(link => link.Index);
        var found = new Dictionary<uint, PmTags>();
        foreach (NetworkLink link in links.Where(link => link.Vlan is not null).Take(PmLimit.Tags))
        {
            NetworkLink? below = byIndex.GetValueOrDefault(link.ParentIndex);
            if (below is not { Vlan: { } outer })
            {
                found[(uint)link.Index] = Tags(link.ParentIndex, link.Vlan!, inner: null);
            }
            else if (byIndex.GetValueOrDefault(below.ParentIndex) is { Vlan: null })
            {
                found[(uint)link.Index] = Tags(below.ParentIndex, outer, link.Vlan);
            }
        }

        return found;
    }

    internal static Dictionary<uint, int> MostOf(IReadOnlyList<NetworkLink> links, IReadOnlyDictionary<uint, PmTags> tags) => tags.ToDictionary(
        pair => pair.Key,
        pair => (links.FirstOrDefault(link => link.Index == (int)pair.Value.Device)?.Mtu ?? int.MaxValue)
            - (pair.Value.InnerProto.Value == 0 ? 0 : TagBytes));

    private static PmTags Tags(int device, VlanTag outer, VlanTag? inner) => new()
    {
        Device = (uint)device,
        Proto = new Be16(outer.EtherType),
        Tci = new Be16(outer.Id),
        InnerProto = new Be16(inner?.EtherType ?? 0),
        InnerTci = new Be16(inner?.Id ?? 0),
    };
}
