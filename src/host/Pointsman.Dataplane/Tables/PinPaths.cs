using System.Globalization;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>Where everything lies in the bpf file system.</summary>
internal sealed class PinPaths
{
    internal const UnixFileMode OwnerOnly =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const string VersionPrefix = "v";

    internal PinPaths(string directory)
        : this(directory, PmLimit.Layout)
    {
    }

    private PinPaths(string directory, int layout)
    {
        Directory = directory;
        Version = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{VersionPrefix}{layout}"));
        Links = Path.Combine(directory, "links");
    }

    internal string Directory { get; }

    /// <summary>Maps and programs of this layout; another layout's are in a sibling.</summary>
    internal string Version { get; }

    internal string Links { get; }

    /// <summary>The link of the program that marked packets come to.</summary>
    internal string Marked => Path.Combine(Links, "marked");

    /// <summary>The same directory as another layout has it.</summary>
    internal PinPaths Of(int layout) => new(Directory, layout);

    /// <summary>The layouts that are pinned here, ours too.</summary>
    internal IEnumerable<int> Layouts() => Versions()
        .Select(version => int.TryParse(Path.GetFileName(version)[VersionPrefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int layout) ? layout : -1)
        .Where(layout => layout >= 0);

    internal string Of(string mapOrProgram) => Path.Combine(Version, mapOrProgram);

    /// <summary>The directories of all layouts that are there.</summary>
    internal IEnumerable<string> Versions() => System.IO.Directory.Exists(Directory)
        ? System.IO.Directory.EnumerateDirectories(Directory, VersionPrefix + "*")
        : [];

    // A dot is not allowed in a name on a bpf file system.
    internal string Link(AttachedInterface attached) => Path.Combine(Links, string.Create(
        CultureInfo.InvariantCulture,
        $"{attached.Index}-{attached.Mode.ToString().ToLowerInvariant()}"));

    internal IEnumerable<(string Path, AttachedInterface Interface)> PinnedLinks()
    {
        if (!System.IO.Directory.Exists(Links))
        {
            yield break;
        }

        foreach (string path in System.IO.Directory.GetFiles(Links))
        {
            string[] parts = Path.GetFileName(path).Split('-');
            if (parts.Length == 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out int index)
                && Enum.TryParse(parts[1], ignoreCase: true, out AttachMode mode))
            {
                yield return (path, new AttachedInterface(index, mode));
            }
        }
    }
}
