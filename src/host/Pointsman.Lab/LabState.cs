using System.Text.Json;

namespace Pointsman.Lab;

/// <summary>What a running lab cannot be asked: which programs it was brought up with. Machines are found in /proc.</summary>
public sealed record LabState(string Topology, DirectorKind Director, string ProgramPath)
{
    internal static string PathOf(LabOptions options, string name) => Path.Combine(options.StateDirectory, name + ".json");

    internal void Save(LabOptions options)
    {
        Directory.CreateDirectory(options.StateDirectory);
        File.WriteAllText(PathOf(options, Topology), JsonSerializer.Serialize(this, LabJson.Default.LabState) + "\n");
    }

    /// <summary>Null when no such lab was brought up, or its file is torn: then only <c>down</c> makes sense.</summary>
    internal static LabState? TryLoad(LabOptions options, string name)
    {
        string path = PathOf(options, name);
        try
        {
            return File.Exists(path)
                ? JsonSerializer.Deserialize(File.ReadAllText(path), LabJson.Default.LabState)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
