using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Pointsman.Config.Effective;

/// <summary>
/// The configuration in force as a keepalived.conf that means the same, each line with a comment that says whether it was
/// typed, and where, or is a default. What no line can say (that something is off, or taken from elsewhere) is a comment.
/// </summary>
public sealed class EffectiveText
{
    private const int IndentWidth = 4;

    /// <summary>Where the remarks begin, if the lines are shorter.</summary>
    private const int RemarkColumn = 56;

    private readonly StringBuilder _text = new();
    private readonly string _file;

    private EffectiveText(string file) => _file = file;

    /// <param name="file">The file that was asked for: places in others are told with their names.</param>
    public static string Of(ImmutableArray<EffectiveBlock> blocks, string file)
    {
        var text = new EffectiveText(file);
        foreach (EffectiveBlock block in blocks)
        {
            text._text.Append(text._text.Length == 0 ? "" : "\n");
            text.Write(block, 0);
        }

        return text._text.ToString();
    }

    private void Write(EffectiveBlock block, int depth)
    {
        if (block.IsList)
        {
            Write(block.Settings[0], depth);
            return;
        }

        if (block.IsLine)
        {
            Line(depth, Typed.Header(block));
            return;
        }

        Line(depth, $"{Typed.Header(block)} {{");
        if (block is { HasLinesOnly: true, Settings: [{ Value: EffectiveValue.Entries entries }] })
        {
            foreach (EffectiveEntry entry in entries.Lines)
            {
                Line(depth + 1, Typed.Line(entry));
            }

            Line(depth, "}");
            return;
        }

        foreach (EffectiveSetting setting in block.Settings)
        {
            Write(setting, depth + 1);
        }

        foreach (EffectiveBlock inner in block.Blocks)
        {
            Write(inner, depth + 1);
        }

        Line(depth, "}");
    }

    private void Write(EffectiveSetting setting, int depth)
    {
        if (setting.Value is EffectiveValue.Entries { Lines.IsEmpty: false } entries)
        {
            Line(depth, $"{setting.Name} {{", Remark(setting));
            foreach (EffectiveEntry entry in entries.Lines)
            {
                Line(depth + 1, Typed.Line(entry));
            }

            Line(depth, "}");
        }
        else if (Typed.Argument(setting.Value) is { } argument)
        {
            Line(depth, argument.Length == 0 ? setting.Name : $"{setting.Name} {argument}", Remark(setting));
        }
        else
        {
            Line(depth, $"# {setting.Name}: {Instead(setting.Value)}", Remark(setting));
        }
    }

    private static string Instead(EffectiveValue value) => value switch
    {
        EffectiveValue.Absent { Counts: { } counts } absent => $"{Typed.Argument(counts)} ({absent.Because})",
        EffectiveValue.Absent absent => absent.Because,
        EffectiveValue.Flag => "off",
        _ => "none",
    };

    private string Remark(EffectiveSetting setting) => setting.Place is not { } place ? "default"
        : place.File == _file ? string.Create(CultureInfo.InvariantCulture, $"line {place.Line}")
        : string.Create(CultureInfo.InvariantCulture, $"line {place.Line} of {place.File}");

    private void Line(int depth, string line, string remark = "")
    {
        int start = _text.Length;
        _text.Append(' ', depth * IndentWidth).Append(line);
        if (remark.Length > 0)
        {
            _text.Append(' ', Math.Max(1, RemarkColumn - (_text.Length - start))).Append("# ").Append(remark);
        }

        _text.Append('\n');
    }
}
