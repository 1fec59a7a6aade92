using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pointsman.Linux.Network;

namespace Pointsman.RealServer;

/// <summary>What was there before, so that it can be brought back: a file that is written before anything is changed.</summary>
internal sealed record RealServerMemory
{
    /// <summary>What a start of the machine undoes is not undone twice.</summary>
    public string BootId { get; init; } = "";

    public ImmutableArray<string> VirtualIps { get; init; } = [];

    /// <summary>Those of them that were not there before.</summary>
    public ImmutableArray<string> Added { get; init; } = [];

    public ImmutableArray<ChangedSetting> Settings { get; init; } = [];

    [JsonIgnore]
    internal bool IsEmpty => VirtualIps.IsEmpty && Added.IsEmpty && Settings.IsEmpty;

    internal static string CurrentBootId => Sysctl.TryRead("kernel/random/boot_id") ?? "";

    /// <summary>Empty when nothing was done since the machine started.</summary>
    internal static RealServerMemory Read(string path)
    {
        try
        {
            RealServerMemory? memory = JsonSerializer.Deserialize(
                File.ReadAllText(path), RealServerJson.Default.RealServerMemory);
            return memory?.BootId == CurrentBootId ? memory : new RealServerMemory();
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return new RealServerMemory();
        }
        catch (JsonException spoilt)
        {
            throw new RealServerException(
                $"{path} is damaged ({spoilt.Message}): what was there before is not known; remove the file to start anew");
        }
    }

    internal void Write(string path)
    {
        if (IsEmpty)
        {
            File.Delete(path);
            return;
        }

        string draft = path + ".new";
        File.WriteAllText(
            draft, JsonSerializer.Serialize(this with { BootId = CurrentBootId }, RealServerJson.Default.RealServerMemory));
        File.Move(draft, path, overwrite: true);
    }

    /// <param name="Before">The value to go back to.</param>
    /// <param name="Set">The value we gave it: another one was given by somebody else, and is theirs.</param>
    internal sealed record ChangedSetting(string Name, string Before, string Set);
}
