using System.Collections.Immutable;
using Pointsman.Config.Binding;

namespace Pointsman.Config.Syntax;

/// <summary>The names a file has defined so far, and those that are defined by themselves.</summary>
internal sealed class Definitions
{
    public const string Folder = "_PWD";
    public const string Instance = "_INSTANCE";
    public const string Random = "_RANDOM";
    public const string Variable = "_ENV";

    private readonly Dictionary<string, Definition> _byName = new(StringComparer.Ordinal)
    {
        ["_HASH"] = Definition.Of("_HASH", "#"),
        ["_BANG"] = Definition.Of("_BANG", "!"),
    };

    public Definition? Find(string name) => _byName.GetValueOrDefault(name);

    public void Set(Definition definition) => _byName[definition.Name] = definition;

    public void Restore(string name, Definition? before)
    {
        if (before is null)
        {
            _byName.Remove(name);
        }
        else
        {
            _byName[name] = before;
        }
    }

    /// <summary>The defined name that was probably meant.</summary>
    public string? Nearest(string name) => EditDistance.Nearest(name, _byName.Keys.Order(StringComparer.Ordinal));

    /// <summary><c>$NAME=TEXT</c> at the beginning of a line; null when the line is something else.</summary>
    public static Definition? Read(ExpandedLine line)
    {
        int first = line.First;
        if (first == line.Text.Length || line.Text[first] != '$')
        {
            return null;
        }

        int end = Reference.EndOfName(line.Text, first + 1);
        if (end == first + 1 || end == line.Text.Length || line.Text[end] != '=')
        {
            return null;
        }

        ExpandedLine value = line.Slice(end + 1);
        ImmutableArray<ExpandedLine> lines = value.IsEmpty ? [] : [value.Slice(value.First)];
        return new Definition(line.Text[(first + 1)..end], lines, line.PlaceFrom(first));
    }
}
