using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Control.Status;
using Pointsman.Dataplane;
using Pointsman.Linux.Network;

namespace Pointsman.App.Run;

/// <summary>The interfaces on which virtual addresses are asked for.</summary>
internal static class InterfaceChoice
{
    internal static ImmutableArray<int> Holding(Configuration configuration, List<NetworkLink> links)
    {
        HashSet<string> names =
        [
            .. configuration.Instances.Select(instance => instance.Interface),
            .. configuration.Instances.SelectMany(instance => instance.HeldAddresses).Select(address => address.Device).OfType<string>(),
        ];
        return [.. links.Where(link => names.Contains(link.Name) && CanAttach(link)).Select(link => link.Index).Order()];
    }

    /// <summary>Where packets to an address come in that no instance moves.</summary>
    internal static IEnumerable<int> Holding(IpAddress vip, List<NetworkLink> links, List<InterfaceAddress> addresses)
    {
        List<int> holders = [.. addresses.Where(address => address.Prefix.Address == vip).Select(address => address.InterfaceIndex)];
        List<NetworkLink> onWire = links.FindAll(link => holders.Contains(link.Index) && CanAttach(link));

        // An address on lo, or routed here without standing anywhere, may come in by any wire.
        return (onWire.Count > 0 ? onWire : links.FindAll(link => CanAttach(link) && link.IsUp)).Select(link => link.Index);
    }

    internal static bool CanAttach(NetworkLink link) => !link.IsLoopback && link.Mac is not null;

    internal static InterfaceStatus Describe(AttachedInterface attached, List<NetworkLink> links) => new()
    {
        Name = links.Find(link => link.Index == attached.Index)?.Name ?? $"#{attached.Index}",
        Mode = attached.Mode.ToString().ToLowerInvariant(),
    };
}
