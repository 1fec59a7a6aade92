using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Binding;

/// <summary>Reads what a <c>url</c> expects of a page.</summary>
internal static class HttpUrlRules
{
    private const int DigestDigits = 32;

    // pcre2api(3), under the names keepalived has for them.
    private static readonly FrozenSet<string> RegexOptionNames = new[]
    {
        "allow_empty_class", "alt_bsux", "auto_callout", "caseless", "dollar_endonly", "dotall", "dupnames", "extended",
        "firstline", "match_unset_backref", "multiline", "never_ucp", "never_utf", "no_auto_capture", "no_auto_possess",
        "no_dotstar_anchor", "no_start_optimize", "ucp", "ungreedy", "utf", "never_backslash_c", "alt_circumflex",
        "alt_verbnames", "use_offset_limit",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static HttpUrlConfig Complete(Bound<HttpUrlConfig> bound, DiagnosticSink sink)
    {
        if (!bound.Has("path"))
        {
            sink.Add(DiagnosticSink.Make(DiagnosticCatalogue.MissingSetting, bound.Owner.HeaderSpan, "url", "path") with
            {
                Hint = "add `path /`",
            });
        }

        HttpUrlConfig url = bound.Value;
        foreach (string option in (string[])["regex_no_match", "regex_options", "regex_min_offset", "regex_max_offset"])
        {
            if (bound.Has(option) && !bound.Has("regex"))
            {
                sink.Report(DiagnosticCatalogue.RegexMissing, bound.PlaceOf(option), option);
            }
        }

        if (url.RegexMaxOffset < url.RegexMinOffset)
        {
            sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.OffsetsCross, bound.PlaceOf("regex_max_offset"), url.RegexMaxOffset, url.RegexMinOffset) with
            {
                Related = new RelatedPlace(bound.PlaceOf("regex_min_offset"), "the search begins here"),
            });
        }

        return url;
    }

    public static HttpUrlConfig TakeDigest(HttpUrlConfig url, Setting setting)
    {
        Word word = setting.Statement.Words[1];
        if (word.Text.Length == DigestDigits && word.Text.All(char.IsAsciiHexDigit))
        {
            return url with { Digest = word.Text.ToLowerInvariant() };
        }

        ArgumentReader.ReportWrong(
            word, "an MD5 digest of 32 hexadecimal digits", setting.Sink,
            word.Text.Length == DigestDigits ? null : string.Create(CultureInfo.InvariantCulture, $"it has {word.Text.Length} letters"),
            "type what `genhash -s ADDRESS -p PORT -u PATH` prints");
        return url;
    }

    public static HttpUrlConfig TakeStatusCodes(HttpUrlConfig url, Setting setting)
    {
        ImmutableArray<(int, int)>.Builder ranges = url.StatusCodes.ToBuilder();
        foreach (Word word in setting.Statement.Arguments)
        {
            string[] ends = word.Text.Split('-', 2);
            if (TryReadStatus(ends[0], out int first) && TryReadStatus(ends[^1], out int last) && first <= last)
            {
                ranges.Add((first, last));
            }
            else
            {
                ArgumentReader.ReportWrong(word, "a status code, 100..599, or a range such as 200-299", setting.Sink);
            }
        }

        return url with { StatusCodes = ranges.ToImmutable() };
    }

    public static HttpUrlConfig TakeRegex(HttpUrlConfig url, Setting setting)
    {
        ImmutableArray<Word> words = setting.Statement.Arguments;
        ImmutableArray<string> parts = CommandLine.Split(words[0].Line[words[0].Start..words[^1].End], out string? mistake);
        if (parts.Length == 1 && mistake is null)
        {
            return url with { Regex = parts[0] };
        }

        ArgumentReader.ReportWrong(
            words[0], "one pattern", setting.Sink, mistake ?? "blanks cut it into several", "put it in double quotes");
        return url;
    }

    public static HttpUrlConfig TakeRegexOptions(HttpUrlConfig url, Setting setting)
    {
        foreach (Word word in setting.Statement.Arguments)
        {
            if (!RegexOptionNames.Contains(word.Text))
            {
                string? near = EditDistance.Nearest(word.Text, RegexOptionNames.Order(StringComparer.Ordinal));
                ArgumentReader.ReportWrong(
                    word, "an option of PCRE2", setting.Sink, near is null ? null : $"did you mean `{near}`?",
                    near is null ? $"one of {string.Join(", ", RegexOptionNames.Order(StringComparer.Ordinal))}" : null);
            }
        }

        return url with { RegexOptions = [.. url.RegexOptions, .. setting.Value.Texts.Where(RegexOptionNames.Contains)] };
    }

    private static bool TryReadStatus(string text, out int status) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out status) && status is >= 100 and <= 599;
}
