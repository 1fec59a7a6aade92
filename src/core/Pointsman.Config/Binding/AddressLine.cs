using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>A line of <c>virtual_ipaddress</c>: an address, then its <see cref="AddressOptions"/>.</summary>
internal static class AddressLine
{
    public const string Form = "ADDRESS[/LENGTH] [dev INTERFACE] [label NAME] [brd ADDRESS|+|-] [scope SCOPE] [peer ADDRESS] [OPTION...]";

    public static ImmutableArray<VirtualAddressConfig> Take(
        ImmutableArray<VirtualAddressConfig> addresses, Statement line, DiagnosticSink sink)
    {
        Word word = line.Keyword;
        if (!IpPrefix.TryParse(word.Text, out IpPrefix prefix))
        {
            ArgumentReader.ReportWrong(word, "an IP address", sink, "expected ADDRESS or ADDRESS/LENGTH");
            return addresses;
        }

        if (!ArgumentReader.IsHostAddress(prefix.Address, word, sink))
        {
            return addresses;
        }

        var address = new VirtualAddressConfig(prefix, null, null, word.Span);
        if (!AddressOptions.TryRead(ref address, line, sink))
        {
            return addresses;
        }

        if (addresses.FirstOrDefault(other => other.Prefix.Address == prefix.Address) is { } first)
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.AddressTwice, word.Span, prefix.Address) with
            {
                Label = "this line is dropped",
                Related = new RelatedPlace(first.Source, "first given here"),
            });
            return addresses;
        }

        return addresses.Add(address);
    }
}
