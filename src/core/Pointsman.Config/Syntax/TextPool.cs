using System.Text;

namespace Pointsman.Config.Syntax;

/// <summary>One string for each text: a large site says the same few hundred words half a million times.</summary>
internal sealed class TextPool
{
    private readonly HashSet<string> _texts = [];
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public TextPool() => _lookup = _texts.GetAlternateLookup<ReadOnlySpan<char>>();

    public string Take(ReadOnlySpan<char> text)
    {
        if (!_lookup.TryGetValue(text, out string? known))
        {
            known = text.ToString();
            _texts.Add(known);
        }

        return known;
    }

    public string Take(StringBuilder text)
    {
        // Short texts, and so nearly all of them, stand in the first chunk.
        ReadOnlyMemory<char> first = default;
        foreach (ReadOnlyMemory<char> chunk in text.GetChunks())
        {
            first = chunk;
            break;
        }

        return first.Length == text.Length ? Take(first.Span) : text.ToString();
    }
}
