using System.Reflection;

namespace Pointsman.Lab;

/// <summary>The files of <c>lab/</c>, embedded under the paths they have there.</summary>
internal static class LabFiles
{
    private const string TopologyFile = "/topology.json";

    private static readonly Assembly Room = typeof(LabFiles).Assembly;

    /// <summary>Sorted, so that lists read the same everywhere.</summary>
    internal static IReadOnlyList<string> TopologyNames { get; } =
    [
        .. Room.GetManifestResourceNames()
            .Where(name => name.EndsWith(TopologyFile, StringComparison.Ordinal))
            .Select(name => name[..^TopologyFile.Length])
            .Order(StringComparer.Ordinal),
    ];

    internal static string Text(string path)
    {
        using StreamReader reader = new(Open(path));
        return reader.ReadToEnd();
    }

    /// <summary>Replaces the file in one step: another lab may be reading it.</summary>
    internal static void WriteTo(string path, string target)
    {
        string unfinished = $"{target}.{Environment.ProcessId}";
        using (Stream source = Open(path))
        using (FileStream file = File.Create(unfinished))
        {
            source.CopyTo(file);
        }

        File.Move(unfinished, target, overwrite: true);
    }

    private static Stream Open(string path) =>
        Room.GetManifestResourceStream(path)
        ?? throw new LabException($"this program carries no lab file `{path}`; build it again");
}
