namespace Pointsman.Config.Tests;

/// <summary>The files below a folder of the tests, by their paths in it.</summary>
internal sealed class FolderFiles(string root) : IConfigSource
{
    public bool TryRead(string path, out string text, out string error)
    {
        bool isThere = File.Exists(Path.Combine(root, path));
        (text, error) = (isThere ? File.ReadAllText(Path.Combine(root, path)) : "", "no such file");
        return isThere;
    }

    public ConfigFileKind KindOf(string path) =>
        File.Exists(Path.Combine(root, path)) ? ConfigFileKind.File
        : Directory.Exists(Path.Combine(root, path)) ? ConfigFileKind.Folder
        : ConfigFileKind.Missing;

    public IReadOnlyList<string> NamesIn(string folder) =>
        [.. Directory.GetFileSystemEntries(Path.Combine(root, folder)).Select(path => Path.GetFileName(path)!)];
}
