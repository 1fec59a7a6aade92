using Pointsman.Config.Including;

namespace Pointsman.Config.Tests;

/// <summary>Files that exist in a test only.</summary>
internal sealed class MemoryFiles : IConfigSource
{
    private readonly SortedDictionary<string, string> _texts = new(StringComparer.Ordinal);

    public HashSet<string> Executables { get; } = [];

    public HashSet<string> Unreadable { get; } = [];

    public string this[string path]
    {
        set => _texts[path] = value;
    }

    public bool TryRead(string path, out string text, out string error)
    {
        error = Unreadable.Contains(path) ? "permission denied" : "no such file";
        path = PathText.Plain(path);
        bool isRead = _texts.TryGetValue(path, out string? found) && !Unreadable.Contains(path);
        text = isRead ? found! : "";
        return isRead;
    }

    public ConfigFileKind KindOf(string path) => KindOfPlain(PathText.Plain(path));

    private ConfigFileKind KindOfPlain(string path) =>
        Executables.Contains(path) ? ConfigFileKind.Executable
        : _texts.ContainsKey(path) ? ConfigFileKind.File
        : _texts.Keys.Any(file => file.StartsWith($"{path}/", StringComparison.Ordinal)) ? ConfigFileKind.Folder
        : ConfigFileKind.Missing;

    // Backwards: whoever needs an order sorts.
    public IReadOnlyList<string> NamesIn(string folder)
    {
        string start = folder == "." ? "" : folder.EndsWith('/') ? folder : $"{folder}/";
        return [.. _texts.Keys.Where(path => path.StartsWith(start, StringComparison.Ordinal))
            .Select(path => path[start.Length..].Split('/')[0]).Distinct().Reverse()];
    }
}
