using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Pointsman.Config.Grammar;

namespace Pointsman.Config.Effective;

/// <summary>
/// The configuration in force as JSON. Settings have their keyword's name, times with <c>_seconds</c> behind it; blocks that
/// may stand several times are arrays, also when there is none; what has no value is null.
/// </summary>
public static class EffectiveJson
{
    private const string SecondsSuffix = "_seconds";

    /// <summary>Indented, without a line end behind it.</summary>
    public static string Of(ImmutableArray<EffectiveBlock> blocks)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            WriteBlocks(json, FileGrammar.Block, blocks);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void WriteBlocks(Utf8JsonWriter json, BlockGrammar? grammar, ImmutableArray<EffectiveBlock> blocks)
    {
        foreach (IGrouping<string, EffectiveBlock> likes in blocks.GroupBy(block => block.Keyword))
        {
            if (likes.First() is { IsList: true } list)
            {
                Write(json, likes.Key, list.Settings[0].Value);
                continue;
            }

            json.WritePropertyName(likes.Key);
            if (likes.First() is { IsRepeatable: false } only)
            {
                Write(json, only);
                continue;
            }

            json.WriteStartArray();
            foreach (EffectiveBlock block in likes)
            {
                Write(json, block);
            }

            json.WriteEndArray();
        }

        foreach (Keyword missing in grammar?.Keywords ?? [])
        {
            if (missing is { IsRepeatable: true, Opens.IsList: false, OldNameOf: null, SameAs: null } && blocks.All(block => block.Keyword != missing.Name))
            {
                json.WriteStartArray(missing.Name);
                json.WriteEndArray();
            }
        }
    }

    private static void Write(Utf8JsonWriter json, EffectiveBlock block)
    {
        json.WriteStartObject();
        foreach (EffectiveHeader word in block.Header)
        {
            Write(json, word.Name, word.Value);
        }

        foreach (EffectiveSetting setting in block.Settings)
        {
            Write(json, setting.Name, setting.Value);
        }

        WriteBlocks(json, Language.Blocks.FirstOrDefault(grammar => grammar.Name == block.Keyword), block.Blocks);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, EffectiveValue value)
    {
        switch (value)
        {
            case EffectiveValue.Number number:
                json.WriteNumber(name, number.Value);
                break;
            case EffectiveValue.Seconds seconds:
                json.WriteNumber($"{name}{SecondsSuffix}", (decimal)seconds.Value.Ticks / TimeSpan.TicksPerSecond);
                break;
            case EffectiveValue.Text text:
                json.WriteString(name, text.Value);
                break;
            case EffectiveValue.Pattern pattern:
                json.WriteString(name, pattern.Value);
                break;
            case EffectiveValue.Words words:
                WriteArray(json, name, words.Values);
                break;
            case EffectiveValue.Command command:
                WriteArray(json, name, command.Parts);
                break;
            case EffectiveValue.Script script:
                json.WriteStartObject(name);
                WriteArray(json, "command", script.Parts);
                json.WriteString("user", script.User);
                json.WriteString("group", script.Group);
                json.WriteEndObject();
                break;
            case EffectiveValue.Weight weight:
                json.WriteNumber(name, weight.Value);
                json.WriteBoolean($"{name}_reverse", weight.IsReverse);
                break;
            case EffectiveValue.Flag flag:
                json.WriteBoolean(name, flag.IsOn);
                break;
            case EffectiveValue.Switch choice:
                json.WriteBoolean(name, choice.IsOn);
                break;
            case EffectiveValue.Entries entries:
                WriteEntries(json, name, entries);
                break;
            case EffectiveValue.Absent { Counts: { } counts }:
                Write(json, name, counts);
                break;
            case EffectiveValue.Absent absent:
                json.WriteNull(absent.IsTime ? $"{name}{SecondsSuffix}" : name);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void WriteArray(Utf8JsonWriter json, string name, ImmutableArray<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteEntries(Utf8JsonWriter json, string name, EffectiveValue.Entries entries)
    {
        json.WriteStartArray(name);
        foreach (EffectiveEntry entry in entries.Lines)
        {
            if (entry.Options.IsEmpty)
            {
                json.WriteStringValue(entry.Entry);
                continue;
            }

            json.WriteStartObject();
            json.WriteString(entries.EntryName, entry.Entry);
            foreach (EffectiveSetting option in entry.Options)
            {
                Write(json, option.Name, option.Value);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
