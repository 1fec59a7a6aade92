using System.Globalization;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary><c>use_vmac [NAME] [MAC] [netlink_notify_msg] [group N]</c>.</summary>
internal static class VmacLine
{
    public const string Form = "[NAME] [MAC of five or six bytes] [group N]";

    private const string NotifyWord = "netlink_notify_msg";

    public static VmacConfig Read(VmacConfig vmac, Setting setting)
    {
        vmac = vmac with { IsUsed = true };
        Word[] words = [.. setting.Statement.Arguments];
        for (int i = 0; i < words.Length; i++)
        {
            Word word = words[i];
            if (word.Text.Contains(':', StringComparison.Ordinal))
            {
                vmac = TakeMac(vmac, word, setting.Sink);
            }
            else if (word.Text == NotifyWord)
            {
                setting.Sink.Report(DiagnosticCatalogue.Obsolete, word.Span, NotifyWord, "links are read anew after each message of the kernel");
            }
            else if (word.Text == "group")
            {
                i++;
                vmac = i < words.Length ? TakeGroup(vmac, words[i], setting.Sink) : Missing(vmac, word, setting.Sink);
            }
            else if (vmac.Name is not null)
            {
                ArgumentReader.ReportWrong(word, $"`{Form}`", setting.Sink);
            }
            else if (InterfaceName.Check(word, setting.Sink))
            {
                vmac = vmac with { Name = word.Text };
            }
        }

        return vmac;
    }

    private static VmacConfig TakeMac(VmacConfig vmac, Word word, DiagnosticSink sink)
    {
        const int FiveBytes = 14;
        bool isShort = word.Text.Length == FiveBytes;
        if (!MacAddress.TryParse(isShort ? word.Text + ":00" : word.Text, out MacAddress mac))
        {
            ArgumentReader.ReportWrong(word, "a MAC address of five or six bytes", sink);
            return vmac;
        }

        // IEEE 802: the lowest bit of the first byte tells a group of stations.
        bool isGroup = ((mac.Bits >> 40) & 1) != 0;
        if (isGroup || mac.Bits == 0)
        {
            ArgumentReader.ReportWrong(word, "a MAC address that one station can have", sink);
            return vmac;
        }

        return vmac with { Mac = mac, EndsWithRouterId = isShort };
    }

    private static VmacConfig TakeGroup(VmacConfig vmac, Word word, DiagnosticSink sink)
    {
        if (!uint.TryParse(word.Text, NumberStyles.None, CultureInfo.InvariantCulture, out uint group) || group > int.MaxValue)
        {
            ArgumentReader.ReportWrong(word, "the number of a group of interfaces", sink);
            return vmac;
        }

        return vmac with { Group = group };
    }

    private static VmacConfig Missing(VmacConfig vmac, Word word, DiagnosticSink sink)
    {
        sink.Report(DiagnosticCatalogue.MissingArgument, word.Span, word.Text, "a number");
        return vmac;
    }
}
