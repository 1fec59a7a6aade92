using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>What must hold between virtual servers, and between them and the addresses of the instances.</summary>
internal static class VirtualServerRelations
{
    public static void Check(Draft draft, bool hasGaps, DiagnosticSink sink)
    {
        NoticeSecond(draft.VirtualServers, sink);
        FullNatRules.CheckApart(draft.VirtualServers, sink);
        NoticeSharedAddresses(draft.Instances, sink);
        if (draft.Instances.Count > 0 && !hasGaps)
        {
            NoticeUnheld(draft, sink);
        }
    }

    private static void NoticeSecond(List<Bound<VirtualServerDraft>> servers, DiagnosticSink sink)
    {
        var places = new Dictionary<(TransportProtocol, TransportEndpoint), SourceSpan>();
        foreach (Bound<VirtualServerDraft> bound in servers)
        {
            TransportProtocol protocol = bound.Has("protocol") ? bound.Value.Config.Protocol : TransportProtocol.Udp;
            SourceSpan place = bound.Owner.HeaderSpan;
            foreach (TransportEndpoint address in bound.Value.Config.Targets.Select(target => target.Address))
            {
                TransportProtocol named = address.Mark == 0 ? protocol : TransportProtocol.Tcp;
                if (places.TryAdd((named, address), place))
                {
                    continue;
                }

                sink.Add(DiagnosticSink.Make(
                    DiagnosticCatalogue.VirtualServerTwice, place, address.Mark != 0 ? $"fwmark {address.Mark}" : $"{address.Address} {address.Port}") with
                {
                    Label = "second definition",
                    Hint = "put all its real servers into one block",
                    Related = new RelatedPlace(places[(named, address)], "first definition"),
                });
                break;
            }
        }
    }

    private static void NoticeSharedAddresses(List<Bound<VrrpInstanceConfig>> instances, DiagnosticSink sink)
    {
        var places = new Dictionary<IpAddress, SourceSpan>();
        foreach (VirtualAddressConfig address in instances.SelectMany(instance => instance.Value.HeldAddresses))
        {
            if (!places.TryAdd(address.Prefix.Address, address.Source))
            {
                sink.Add(DiagnosticSink.Make(
                    DiagnosticCatalogue.AddressTwice, address.Source, address.Prefix.Address) with
                {
                    Label = "two instances would fight for it",
                    Related = new RelatedPlace(places[address.Prefix.Address], "first given here"),
                });
            }
        }
    }

    // Found otherwise only on the day of the failover: the standby balances an address nobody brings to it.
    private static void NoticeUnheld(Draft draft, DiagnosticSink sink)
    {
        var held = new Dictionary<IpAddress, string>();
        foreach (VrrpInstanceConfig instance in draft.Instances.Select(bound => bound.Value))
        {
            foreach (VirtualAddressConfig address in instance.HeldAddresses)
            {
                held.TryAdd(address.Prefix.Address, instance.Name);
            }
        }

        foreach ((IpAddress address, SourceSpan place) in held.Count == 0 ? [] : Wanted(draft))
        {
            if (!held.ContainsKey(address))
            {
                string? near = sink.IsFull
                    ? null
                    : EditDistance.Nearest(address.ToString(), held.Keys.Order().Select(other => other.ToString()));
                sink.Add(DiagnosticSink.Make(
                    DiagnosticCatalogue.AddressNotHeld, place, address) with
                {
                    Label = near is null ? null : $"did you mean {near} of `{held[IpAddress.Parse(near)]}`?",
                    Hint = "clients reach it only while this node has the address; list it in a `virtual_ipaddress`",
                });
            }
        }
    }

    // Of a line of a group the first that nobody holds: the others would say the same.
    private static IEnumerable<(IpAddress Address, SourceSpan Place)> Wanted(Draft draft)
    {
        HashSet<IpAddress> held = [.. draft.Instances.SelectMany(instance => instance.Value.HeldAddresses).Select(address => address.Prefix.Address)];
        foreach (Bound<VirtualServerDraft> bound in draft.VirtualServers.Where(bound => bound.Value.Config is { Group: null, Address.Mark: 0 }))
        {
            yield return (bound.Value.Config.Address.Address, bound.Owner.Words[1].Span);
        }

        foreach (VirtualRangeConfig range in draft.VirtualServerGroups.SelectMany(group => group.Value.Ranges).Where(range => range.Mark == 0))
        {
            VirtualTarget[] without = [.. range.Targets(IpFamily.V4).Where(target => !held.Contains(target.Address.Address)).Take(1)];
            foreach (VirtualTarget target in without)
            {
                yield return (target.Address.Address, range.Source);
            }
        }
    }
}
