using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// Makes the interfaces with virtual MAC addresses, sets them up as keepalived does, makes them anew when somebody removes
/// them, and takes them away at the end. A backup has them too, and is silent on them: who sends from such an address is
/// who switches take for the master.
/// </summary>
internal sealed class VirtualMacKeeper(VirtualRouterSettings settings, HostChanges changes, EventOutbox outbox) : IDisposable
{
    private const string AllReversePaths = "net/ipv4/conf/all/rp_filter";
    private const string Interfaces = "/proc/sys/net/ipv4/conf";

    private readonly LinkClient _links = new();
    private readonly Dictionary<string, VirtualMac> _wanted = settings.Bindings
        .SelectMany(binding => binding.VirtualMacs)
        .DistinctBy(mac => mac.Name)
        .ToDictionary(mac => mac.Name, StringComparer.Ordinal);

    private string? _told;

    /// <summary>Sees to it that the interface is there and up, as far as the one it stands on lets it.</summary>
    /// <returns>As the kernel has it; null while it cannot be.</returns>
    internal NetworkLink? Ensure(LinkPort port, RouteClient routes)
    {
        if (!_wanted.TryGetValue(port.Name, out VirtualMac? mac) || routes.FindLink(mac.Parent) is not { } parent)
        {
            return null;
        }

        try
        {
            NetworkLink? link = routes.FindLink(mac.Name);
            if (link is not null && !IsOurs(link, mac, parent))
            {
                if (link.Kind != LinkClient.Macvlan)
                {
                    Tell($"{mac.Name} is there and is no macvlan: name another one behind `use_vmac`, or remove it");
                    return null;
                }

                _links.TryDelete(link.Index);
                link = null;
            }

            if (link is null)
            {
                changes.AddLink(mac.Name);
                _links.AddPrivateMacvlan(mac.Name, parent.Index, mac.Mac, mac.Group);
                SetUp(mac);
                link = routes.FindLink(mac.Name);
                outbox.Note(isWarning: false, $"made {mac.Name} on {mac.Parent} with {mac.Mac}");
            }

            if (link is { IsUp: false } && parent.IsUp)
            {
                SetUp(mac);
                _links.TrySetUp(link.Index);
                link = routes.FindLink(mac.Name);
            }

            _told = null;
            return link;
        }
        catch (Exception refused) when (refused is ErrnoException or IOException or UnauthorizedAccessException)
        {
            Tell($"{mac.Name} on {mac.Parent} cannot be made: {refused.Message}");
            return null;
        }
    }

    /// <summary>Removes what a role before this one made and this one's settings do not name.</summary>
    internal void RemoveOthers(RouteClient routes) => Remove(routes, name => !_wanted.ContainsKey(name));

    /// <summary>Nothing of it is left.</summary>
    internal void RemoveAll(RouteClient routes) => Remove(routes, _ => true);

    /// <summary>A kernel setting that some interface with a virtual MAC address needs.</summary>
    internal bool Wants(string setting) =>
        _wanted.Values.Any(mac => mac.CarriesIpv4) && (setting.EndsWith("/rp_filter", StringComparison.Ordinal)
            || _wanted.Values.Any(mac => mac.CarriesIpv4 && IsOfParent(setting, mac)));

    public void Dispose() => _links.Dispose();

    private static bool IsOurs(NetworkLink link, VirtualMac mac, NetworkLink parent) =>
        link.Kind == LinkClient.Macvlan && link.Mac == mac.Mac && link.ParentIndex == parent.Index;

    private void Remove(RouteClient routes, Func<string, bool> isLink)
    {
        foreach (string name in changes.Links.Where(isLink).ToList())
        {
            if (routes.FindLink(name) is { Kind: LinkClient.Macvlan } link)
            {
                _links.TryDelete(link.Index);
            }

            changes.RemoveLink(name);
        }
    }

    private static bool IsOfParent(string setting, VirtualMac mac) =>
        setting.StartsWith($"net/ipv4/conf/{mac.Parent}/arp_", StringComparison.Ordinal);

    // keepalived's settings, and one more. The interface below must not answer for addresses of the one above, nor that one
    // for others; packets from clients come in above and answers leave below, which the reverse path filter would take for a
    // forgery. Nor may the host ask below for a client's MAC address in the name of a virtual address (arp_announce, which
    // keepalived leaves alone): the client would take the network card for its owner.
    private void SetUp(VirtualMac mac)
    {
        Write(6, mac.Name, "addr_gen_mode", "1");
        Write(6, mac.Name, "accept_ra", "0");
        Write(6, mac.Name, "disable_ipv6", mac.CarriesIpv6 ? "0" : "1");
        if (!mac.CarriesIpv4)
        {
            return;
        }

        SpreadReversePathFilter();
        Write(4, mac.Name, "rp_filter", "0");
        Write(4, mac.Name, "arp_ignore", "1");
        Write(4, mac.Name, "accept_local", "1");
        Write(4, mac.Name, "promote_secondaries", "1");
        changes.Set($"net/ipv4/conf/{mac.Parent}/arp_ignore", "1");
        changes.Set($"net/ipv4/conf/{mac.Parent}/arp_filter", "1");
        changes.Set($"net/ipv4/conf/{mac.Parent}/arp_announce", "2");
    }

    // The kernel takes the stricter of an interface's own setting and that of all: the latter moves to each of the others.
    private void SpreadReversePathFilter()
    {
        if (!int.TryParse(Sysctl.TryRead(AllReversePaths), out int ofAll) || ofAll == 0)
        {
            return;
        }

        foreach (string name in Directory.GetDirectories(Interfaces).Select(path => Path.GetFileName(path)).Where(name => name != "all"))
        {
            string setting = $"net/ipv4/conf/{name}/rp_filter";
            if (!_wanted.ContainsKey(name) && int.TryParse(Sysctl.TryRead(setting), out int own) && own < ofAll)
            {
                changes.Set(setting, $"{ofAll}");
            }
        }

        changes.Set(AllReversePaths, "0");
    }

    // A kernel without IPv6 has no such setting, and needs none.
    private static void Write(int version, string interfaceName, string setting, string value)
    {
        string name = $"net/ipv{version}/conf/{interfaceName}/{setting}";
        if (Sysctl.TryRead(name) is { } before && before != value)
        {
            Sysctl.Write(name, value);
        }
    }

    private void Tell(string text)
    {
        if (_told != text)
        {
            _told = text;
            outbox.Note(isWarning: true, text);
        }
    }
}
