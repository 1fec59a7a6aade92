using System.Globalization;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>What stands behind a virtual address: words alone, and words with a value.</summary>
internal static class AddressOptions
{
    private const string Known =
        "an option of a virtual address (dev, label, brd, scope, peer, preferred_lft, use_vmac, home, -nodad, mngtmpaddr, noprefixroute, autojoin, no_track, track_group)";

    public static bool TryRead(ref VirtualAddressConfig address, Statement line, DiagnosticSink sink)
    {
        for (int i = 1; i < line.Words.Length; i++)
        {
            Word option = line.Words[i];
            if (TakeWord(ref address, option.Text))
            {
                continue;
            }

            if (option.Text is not ("dev" or "label" or "brd" or "broadcast" or "scope" or "peer" or "preferred_lft" or "track_group"))
            {
                return ReportOption(option, sink);
            }

            i++;
            if (i == line.Words.Length)
            {
                sink.Report(DiagnosticCatalogue.MissingArgument, option.Span, option.Text, "a value");
                return false;
            }

            if (!TakeValue(ref address, option, line.Words[i], sink))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TakeWord(ref VirtualAddressConfig address, string word)
    {
        VirtualAddressConfig? taken = word switch
        {
            "use_vmac" => address with { UsesVmac = true },
            "home" => address with { Home = true },
            "-nodad" => address with { DetectsDuplicates = true },
            "mngtmpaddr" => address with { ManagesTemporary = true },
            "noprefixroute" => address with { NoPrefixRoute = true },
            "autojoin" => address with { AutoJoin = true },
            "no_track" => address with { NoTrack = true },
            _ => null,
        };
        address = taken ?? address;
        return taken is not null;
    }

    private static bool TakeValue(ref VirtualAddressConfig address, Word option, Word word, DiagnosticSink sink)
    {
        switch (option.Text)
        {
            case "dev":
                address = address with { Device = word.Text };
                return InterfaceName.Check(word, sink);
            case "label":
                address = address with { Label = word.Text };
                return word.Text.Length <= 15
                    || ArgumentReader.ReportWrong(word, "a label", sink, "longer than 15 characters");
            case "track_group":
                address = address with { TrackGroup = word.Text };
                return true;
            case "scope":
                return TakeScope(ref address, word, sink);
            case "peer":
                return TakePeer(ref address, word, sink);
            case "preferred_lft":
                return TakeLifetime(ref address, word, sink);
            default:
                return TakeBroadcast(ref address, word, sink);
        }
    }

    private static bool ReportOption(Word option, DiagnosticSink sink)
    {
        string? hint = IpPrefix.TryParse(option.Text, out _) ? "put each address on a line of its own" : null;
        return ArgumentReader.ReportWrong(option, Known, sink, hint: hint);
    }

    private static bool TakeBroadcast(ref VirtualAddressConfig address, Word word, DiagnosticSink sink)
    {
        // iproute2: + sets all bits of the host part, - clears them.
        if (word.Text is "+" or "-" && address.Prefix.Address.IsV4)
        {
            uint hostBits = address.Prefix.Length == 32 ? 0 : uint.MaxValue >> address.Prefix.Length;
            uint bits = address.Prefix.Address.V4Bits;
            address = address with { Broadcast = IpAddress.FromV4Bits(word.Text == "+" ? bits | hostBits : bits & ~hostBits) };
            return true;
        }

        if (!IpAddress.TryParse(word.Text, out IpAddress broadcast) || !broadcast.IsV4 || !address.Prefix.Address.IsV4)
        {
            return ArgumentReader.ReportWrong(word, "a broadcast address", sink);
        }

        address = address with { Broadcast = broadcast };
        return true;
    }

    private static bool TakePeer(ref VirtualAddressConfig address, Word word, DiagnosticSink sink)
    {
        if (!IpPrefix.TryParse(word.Text, out IpPrefix peer) || peer.Address.IsV4 != address.Prefix.Address.IsV4)
        {
            return ArgumentReader.ReportWrong(word, "the address of the other end, of the same family", sink);
        }

        address = address with { Peer = peer };
        return true;
    }

    private static bool TakeLifetime(ref VirtualAddressConfig address, Word word, DiagnosticSink sink)
    {
        uint seconds = uint.MaxValue;
        if (word.Text != "forever" && !uint.TryParse(word.Text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds))
        {
            return ArgumentReader.ReportWrong(word, "seconds, or `forever`", sink);
        }

        address = address with { PreferredLifetimeSeconds = seconds };
        return true;
    }

    private static bool TakeScope(ref VirtualAddressConfig address, Word word, DiagnosticSink sink)
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
        return true;
    }
}
