using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>What Linux accepts as the name of an interface.</summary>
internal static class InterfaceName
{
    // IFNAMSIZ is 16 with the terminating zero.
    private const int LengthLimit = 15;

    public static bool Check(Word word, DiagnosticSink sink)
    {
        string name = word.Text;
        if (name.Length is > 0 and <= LengthLimit && name is not ("." or "..") && name.AsSpan().IndexOfAny('/', ':') < 0)
        {
            return true;
        }

        int colon = name.IndexOf(':', StringComparison.Ordinal);
        return ArgumentReader.ReportWrong(
            word,
            "the name of a network interface",
            sink,
            name.Length > LengthLimit ? $"longer than {LengthLimit} characters" : null,
            colon > 0 ? $"type `{name[..colon]}`; what follows the colon is a label of an address" : null);
    }
}
