namespace Pointsman.Config.Including;

/// <summary>Gives the text of a file again that was read before, so that a pipe may be read twice.</summary>
internal sealed class RememberedSource(IConfigSource source) : IConfigSource
{
    private readonly Dictionary<string, (bool IsRead, string Text, string Error)> _texts = new(StringComparer.Ordinal);

    public bool TryRead(string path, out string text, out string error)
    {
        if (!_texts.TryGetValue(path, out (bool IsRead, string Text, string Error) known))
        {
            bool isRead = source.TryRead(path, out string found, out string why);
            known = (isRead, found, why);
            _texts.Add(path, known);
        }

        (text, error) = (known.Text, known.Error);
        return known.IsRead;
    }

    public ConfigFileKind KindOf(string path) => source.KindOf(path);

    public IReadOnlyList<string> NamesIn(string folder) => source.NamesIn(folder);
}
