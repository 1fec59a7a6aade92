namespace Pointsman.Config.Including;

/// <summary>For a text that is read alone.</summary>
internal sealed class NoFiles : IConfigSource
{
    public static NoFiles Source { get; } = new();

    public bool TryRead(string path, out string text, out string error)
    {
        (text, error) = ("", "no such file");
        return false;
    }

    public ConfigFileKind KindOf(string path) => ConfigFileKind.Missing;

    public IReadOnlyList<string> NamesIn(string folder) => [];
}
