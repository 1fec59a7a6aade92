using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>A name that a query can carry. RFC 1035 §2.3.4: labels of up to 63 bytes, 255 in all.</summary>
internal static class DnsNameRules
{
    private const int LabelLimit = 63;
    private const int NameLimit = 253;

    public static DnsCheckConfig Take(DnsCheckConfig check, Setting setting)
    {
        Word word = setting.Statement.Words[1];
        string name = word.Text.TrimEnd('.');
        bool isRoot = word.Text == ".";
        bool isGood = isRoot || (name.Length is > 0 and <= NameLimit && name.All(char.IsAscii)
            && name.Split('.').All(label => label.Length is > 0 and <= LabelLimit));
        if (!isGood)
        {
            ArgumentReader.ReportWrong(word, "a domain name, with labels of up to 63 letters", setting.Sink);
            return check;
        }

        return check with { Name = isRoot ? "." : name };
    }
}
