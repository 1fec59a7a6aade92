using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Pointsman.Base;
using Pointsman.Config.Inventory;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>
/// Looks at the arguments of keywords that nothing comes of here: a slip in them is still a slip, and the file is read by
/// keepalived, too. What a keyword takes stands in words in the inventory; these forms are understood.
/// </summary>
internal static partial class KnownArguments
{
    private static readonly ImmutableArray<string> FreeForms = ["name", "text", "path", "folder", "interface", "address", "LOGFILE", "TABLE"];
    private static readonly ImmutableArray<string> Switches = ["on", "true", "yes", "off", "false", "no"];

    /// <summary>False for a form of words that is looked at by nobody.</summary>
    public static bool Understands(string takes) =>
        takes.Length == 0 || Form(takes, out _) is var form
            && (form == "on or off" || FreeForms.Contains(form) || Range().IsMatch(form) || Unit(form) is not null
                || form == "multicast address" || Choices(form) is not null);

    /// <summary>True when the arguments are as they should be, or their form is not understood; otherwise with a complaint.</summary>
    public static bool Check(KnownKeyword keyword, Statement statement, DiagnosticSink sink)
    {
        if (!Understands(keyword.Takes) || statement.Body is not null)
        {
            return true;
        }

        string form = Form(keyword.Takes, out bool isOptional);
        if (keyword.Takes.Length == 0)
        {
            return CheckCount(keyword, statement, 0, sink);
        }

        if (statement.Arguments.IsEmpty)
        {
            return isOptional || Missing(keyword, statement, sink);
        }

        Word word = statement.Words[1];
        return (IsGood(form, word.Text) || Wrong(keyword, word, form, sink)) && CheckCount(keyword, statement, 1, sink);
    }

    /// <summary>The words ask for what happens anyway, though the keyword itself does nothing here.</summary>
    public static bool AskForDefault(KnownKeyword keyword, Statement statement) =>
        statement is { Body: null, Words.Length: 2 }
        && (statement.Words[1].Text == keyword.Default.Split(';', ' ')[0]
            || (keyword.Default.StartsWith("off", StringComparison.Ordinal) && Switches[3..].Contains(statement.Words[1].Text)));

    private static string Form(string takes, out bool isOptional)
    {
        string form = takes.Split(';')[0].Trim();
        isOptional = form is ['[', .., ']'] || form == "on or off";
        return form is ['[', .., ']'] ? form[1..^1] : form;
    }

    private static bool IsGood(string form, string text)
    {
        if (form == "on or off")
        {
            return Switches.Contains(text);
        }

        if (Range().Match(form) is { Success: true } range)
        {
            bool isWhole = !range.Groups["unit"].Value.Equals("s", StringComparison.Ordinal);
            return NumberArgument.TryParse(text, isWhole, out decimal number)
                && number >= decimal.Parse(range.Groups["least"].Value, CultureInfo.InvariantCulture)
                && number <= decimal.Parse(range.Groups["most"].Value, CultureInfo.InvariantCulture);
        }

        return form == "multicast address" ? IpAddress.TryParse(text, out IpAddress address) && address.IsMulticast
            : Unit(form) is { } isWholeUnit ? NumberArgument.TryParse(text, isWholeUnit, out decimal amount) && (amount >= 0 || form == "number")
            : Choices(form)?.Contains(text) ?? true;
    }

    /// <summary>Whether only whole ones count; null when the form is no plain number.</summary>
    private static bool? Unit(string form) => form switch
    {
        "number" or "bytes" or "us" => true,
        "seconds" => false,
        _ => null,
    };

    private static string[]? Choices(string form)
    {
        string[] words = form.Split(", ").SelectMany(part => part.Split(" or ")).ToArray();
        return words.Length > 0 && words.All(word => word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')) && (words.Length > 1 || !FreeForms.Contains(form))
            ? words
            : null;
    }

    private static bool CheckCount(KnownKeyword keyword, Statement statement, int count, DiagnosticSink sink)
    {
        if (statement.Words.Length > count + 1)
        {
            Word extra = statement.Words[count + 1];
            sink.Report(DiagnosticCatalogue.ExtraArgument, extra.Span, extra.Text, keyword.Name, keyword.Takes.Length == 0 ? "no argument" : keyword.Takes);
        }

        return true;
    }

    private static bool Missing(KnownKeyword keyword, Statement statement, DiagnosticSink sink)
    {
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.MissingArgument, statement.HeaderSpan, keyword.Name, keyword.Takes) with
        {
            Label = "nothing follows it on this line",
        });
        return false;
    }

    private static bool Wrong(KnownKeyword keyword, Word word, string form, DiagnosticSink sink)
    {
        sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.WrongArgument, word.Span, word.Text, $"what `{keyword.Name}` takes") with
        {
            Label = $"expected {form}",
        });
        return false;
    }

    [GeneratedRegex(@"^(?<least>-?[\d.]+?)\.\.(?<most>-?[\d.]+)(?: (?<unit>s|us))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Range();
}
