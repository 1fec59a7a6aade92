using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>A line of <c>virtual_ipaddress</c>: <c>ADDRESS[/LENGTH] [dev IF] [label L] [brd A] [scope S]</c>.</summary>
internal static class AddressLine
{
    public const string Form = "ADDRESS[/LENGTH] [dev INTERFACE] [label NAME] [brd ADDRESS] [scope SCOPE]";

    private const string Options = "an option of a virtual address (dev, label, brd, scope)";

    private static readonly ImmutableArray<string> LaterOptions =
    [
        "peer", "home", "-nodad", "mngtmpaddr", "noprefixroute", "autojoin", "preferred_lft", "use_vmac", "no_track",
        "track_group",
    ];

    public static ImmutableArray<VirtualAddressConfig> Take(
        ImmutableArray<VirtualAddressConfig> addresses, Statement line, DiagnosticSink sink)
    {
        Word word = line.Keyword;
        if (!IpPrefix.TryParse(word.Text, out IpPrefix prefix))
        {
            ArgumentReader.ReportWrong(word, "an IP address", sink, "expected ADDRESS or ADDRESS/LENGTH");
            return addresses;
        }

        if (!ArgumentReader.IsHostAddressOfAnyFamily(prefix.Address, word, sink))
        {
            return addresses;
        }

        var address = new VirtualAddressConfig(prefix, null, null, word.Span);
        if (!TakeOptions(ref address, line, sink))
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

    private static bool TakeOptions(ref VirtualAddressConfig address, Statement line, DiagnosticSink sink)
    {
        for (int i = 1; i < line.Words.Length; i += 2)
        {
            Word option = line.Words[i];
            Word? value = i + 1 < line.Words.Length ? line.Words[i + 1] : null;
            if (!TakeOption(ref address, option, value, sink))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TakeOption(ref VirtualAddressConfig address, Word option, Word? value, DiagnosticSink sink)
    {
        if (option.Text is not ("dev" or "label" or "brd" or "broadcast" or "scope"))
        {
            return ReportOption(option, sink);
        }

        if (value is not { } word)
        {
            sink.Report(DiagnosticCatalogue.MissingArgument, option.Span, option.Text, "a value");
            return false;
        }

        switch (option.Text)
        {
            case "dev":
                address = address with { Device = word.Text };
                return InterfaceName.Check(word, sink);
            case "label":
                address = address with { Label = word.Text };
                return word.Text.Length <= 15
                    || ArgumentReader.ReportWrong(word, "a label", sink, "longer than 15 characters");
            case "scope":
                return TakeScope(ref address, option, word, sink);
            default:
                return TakeBroadcast(ref address, option, word, sink);
        }
    }

    private static bool ReportOption(Word option, DiagnosticSink sink)
    {
        if (LaterOptions.Contains(option.Text))
        {
            sink.Report(DiagnosticCatalogue.NotSupportedYet, option.Span, option.Text);
            return false;
        }

        string? hint = IpPrefix.TryParse(option.Text, out _) ? "put each address on a line of its own" : null;
        return ArgumentReader.ReportWrong(option, Options, sink, hint: hint);
    }

    private static bool TakeBroadcast(ref VirtualAddressConfig address, Word option, Word word, DiagnosticSink sink)
    {
        if (word.Text is "+" or "-")
        {
            sink.Report(DiagnosticCatalogue.ValueNotSupportedYet, word.Span, option.Text, word.Text);
            return false;
        }

        if (!IpAddress.TryParse(word.Text, out IpAddress broadcast) || !broadcast.IsV4)
        {
            return ArgumentReader.ReportWrong(word, "a broadcast address", sink);
        }

        address = address with { Broadcast = broadcast };
        NoticeNoEffect(option, word, "addresses are added without a broadcast address", sink);
        return true;
    }

    private static bool TakeScope(ref VirtualAddressConfig address, Word option, Word word, DiagnosticSink sink)
    {
        // The kernel's numbers (rtnetlink): the further a scope reaches, the smaller.
        int scope = word.Text switch
        {
            "global" => 0,
            "site" => 200,
            "link" => 253,
            "host" => 254,
            "nowhere" => 255,
            _ => byte.TryParse(word.Text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) ? number : -1,
        };
        if (scope < 0)
        {
            return ArgumentReader.ReportWrong(word, "a scope (global, site, link, host, nowhere, or 0..255)", sink);
        }

        address = address with { Scope = (byte)scope };
        if (scope != 0)
        {
            NoticeNoEffect(option, word, "addresses are added with global scope", sink);
        }

        return true;
    }

    private static void NoticeNoEffect(Word option, Word value, string why, DiagnosticSink sink) =>
        sink.Report(DiagnosticCatalogue.NoEffectYet, option.Span, $"{option.Text} {value.Text}", why);
}
