using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>The name of one of several daemons, which becomes a part of paths.</summary>
internal static class InstanceName
{
    private const int LongestLength = 64;

    /// <returns>Null, with a complaint, when it cannot be one.</returns>
    public static string? Check(Setting setting)
    {
        Word word = setting.Statement.Arguments[0];
        bool isName = word.Text.Length <= LongestLength && char.IsAsciiLetterOrDigit(word.Text[0])
            && word.Text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
        if (!isName)
        {
            ArgumentReader.ReportWrong(word, "a name of letters, digits, `-`, `_` and `.`", setting.Sink);
            return null;
        }

        return word.Text;
    }
}
