using System.Globalization;
using Pointsman.Base;
using Pointsman.Config.Grammar;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>
/// A line of <c>virtual_server_group</c>: an address, a range (its last part alone, or the whole last address) or a
/// network, and a port; without one, all ports.
/// </summary>
internal static class VirtualRangeLine
{
    public const string Form = "ADDRESS [PORT], FIRST-LAST [PORT], NETWORK/LENGTH [PORT] or fwmark N [inet|inet6]";

    /// <summary>So many services are all there can be; a mistyped length must not fill the memory.</summary>
    private const int AddressesMost = 4096;

    private static readonly Keyword Named = new Keyword<int>("virtual_server_group", Argument.EndpointWithOptionalPort, "", (_, _) => 0);

    public static VirtualServerGroupConfig Take(VirtualServerGroupConfig group, Statement line, DiagnosticSink sink)
    {
        Word word = line.Keyword;
        if (word.Text == "fwmark")
        {
            return TakeMark(group, line, sink);
        }

        if (!TryReadRange(word, Form, sink, out IpAddress first, out IpAddress last))
        {
            return group;
        }

        ushort port = 0;
        if (line.Words.Length > 1 && !EndpointArgument.TryReadPort(Named, line.Words[1], sink, out port))
        {
            return group;
        }

        ReportMore(line, 2, sink);
        var range = new VirtualRangeConfig(first, last, port, word.Span);
        if (range.Count > AddressesMost)
        {
            ArgumentReader.ReportWrong(
                word, string.Create(CultureInfo.InvariantCulture, $"a range of at most {AddressesMost} addresses"), sink);
            return group;
        }

        return group with { Ranges = group.Ranges.Add(range) };
    }

    private static void ReportMore(Statement line, int most, DiagnosticSink sink)
    {
        if (line.Words.Length > most)
        {
            Word extra = line.Words[most];
            sink.Report(DiagnosticCatalogue.ExtraArgument, extra.Span, extra.Text, "virtual_server_group", Form);
        }
    }

    private static VirtualServerGroupConfig TakeMark(VirtualServerGroupConfig group, Statement line, DiagnosticSink sink)
    {
        if (line.Words.Length == 1)
        {
            sink.Report(DiagnosticCatalogue.MissingArgument, line.Keyword.Span, line.Keyword.Text, "a mark of the firewall");
            return group;
        }

        if (!EndpointArgument.TryReadMark(line.Words[1], sink, out uint mark))
        {
            return group;
        }

        IpFamily? family = null;
        if (line.Words.Length > 2)
        {
            Word word = line.Words[2];
            if (word.Text is not (MarkRules.Inet or MarkRules.Inet6))
            {
                ArgumentReader.ReportWrong(word, $"one of {MarkRules.Inet}, {MarkRules.Inet6}", sink);
                return group;
            }

            family = MarkRules.FamilyOf(word.Text);
        }

        ReportMore(line, 3, sink);
        return group with { Ranges = group.Ranges.Add(new VirtualRangeConfig(default, default, 0, line.Keyword.Span) { Mark = mark, MarkFamily = family }) };
    }

    /// <param name="form">What may stand there.</param>
    public static bool TryReadRange(Word word, string form, DiagnosticSink sink, out IpAddress first, out IpAddress last)
    {
        last = default;
        string text = word.Text;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        int end = slash >= 0 ? slash : dash >= 0 ? dash : text.Length;
        if (!IpAddress.TryParse(text.AsSpan(0, end), out first))
        {
            return ArgumentReader.ReportWrong(word, "an IP address or a range of them", sink, $"expected {form}");
        }

        bool isRead = slash >= 0 ? TryReadNetwork(word, slash, first, sink, out last)
            : dash >= 0 ? TryReadEnd(word, text[(dash + 1)..], first, sink, out last)
            : One(first, out last);
        return isRead && ArgumentReader.IsHostAddress(first, word, sink) && ArgumentReader.IsHostAddress(last, word, sink);
    }

    private static bool One(IpAddress first, out IpAddress last)
    {
        last = first;
        return true;
    }

    // keepalived takes all addresses of the network, its own and the broadcast address among them.
    private static bool TryReadNetwork(Word word, int slash, IpAddress first, DiagnosticSink sink, out IpAddress last)
    {
        last = first;
        if (!int.TryParse(word.Text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length < 1 || length > first.LengthBits)
        {
            return ArgumentReader.ReportWrong(word, $"a network with a length from 1 to {first.LengthBits}", sink);
        }

        int hostBits = first.LengthBits - length;
        UInt128 hosts = (UInt128.One << hostBits) - 1;
        if (((first.IsV4 ? first.V4Bits : Bits(first)) & hosts) != 0)
        {
            return ArgumentReader.ReportWrong(word, "a network: its bits behind the length are zero", sink);
        }

        last = first.IsV4 ? IpAddress.FromV4Bits(first.V4Bits | (uint)hosts) : IpAddress.FromV6Bits(Bits(first) | hosts);
        return true;
    }

    private static bool TryReadEnd(Word word, string end, IpAddress first, DiagnosticSink sink, out IpAddress last)
    {
        bool isRead = TryReadLast(end, first, out last);
        if (!isRead || last.Family != first.Family)
        {
            return ArgumentReader.ReportWrong(
                word,
                first.IsV4 ? "a range that ends in a number up to 255, or in an address" : "a range that ends in four hexadecimal digits, or in an address",
                sink);
        }

        return first <= last || ArgumentReader.ReportWrong(word, "a range whose end is not before its beginning", sink);
    }

    private static bool TryReadLast(string end, IpAddress first, out IpAddress last)
    {
        last = default;
        if (end.Contains('.', StringComparison.Ordinal) || end.Contains(':', StringComparison.Ordinal))
        {
            return IpAddress.TryParse(end, out last);
        }

        if (first.IsV4)
        {
            bool isByte = byte.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out byte octet);
            last = IpAddress.FromV4Bits((first.V4Bits & ~0xffu) | octet);
            return isByte;
        }

        bool isPart = ushort.TryParse(end, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort part);
        last = IpAddress.FromV6Bits((Bits(first) & ~(UInt128)ushort.MaxValue) | part);
        return isPart;
    }

    private static UInt128 Bits(IpAddress address) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(address.ToBytes());
}
