namespace Pointsman.Config.Including;

/// <summary>Paths as text: nothing here looks at a disk.</summary>
internal static class PathText
{
    /// <summary>Everything before the last slash; empty when there is none.</summary>
    public static string FolderOf(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash < 0 ? "" : slash == 0 ? "/" : path[..slash];
    }

    public static string Combine(string folder, string path) =>
        folder.Length == 0 || path.StartsWith('/') ? path
        : folder.EndsWith('/') ? folder + path
        : $"{folder}/{path}";

    /// <summary>Without <c>.</c>, and without <c>..</c> behind a name: two spellings of one path come out alike.</summary>
    public static string Plain(string path)
    {
        var parts = new List<string>();
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return (path.StartsWith('/') ? "/" : "") + string.Join('/', parts);
    }
}
