namespace Pointsman.Config;

/// <summary>Who gives the reader its text: the host opens files, this room does not.</summary>
public interface IConfigSource
{
    /// <summary>False with the reason in <paramref name="error"/> when the file cannot be read.</summary>
    bool TryRead(string path, out string text, out string error);

    /// <summary>What stands at a path; a link counts as what it leads to.</summary>
    ConfigFileKind KindOf(string path);

    /// <summary>The names in a folder, in any order; none when it cannot be listed.</summary>
    IReadOnlyList<string> NamesIn(string folder);
}
