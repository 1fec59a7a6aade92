using System.Text.Json;
using Pointsman.VirtualRouter.Json;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>The note of one role to the next, in the run directory. It is good for one reader.</summary>
internal static class HandOverFile
{
    /// <returns>Why it could not be written: the next role goes on by the leases alone. Null: it was.</returns>
    internal static string? TryWrite(string directory, HandOverNote note)
    {
        string path = Path.Combine(directory, HandOverNote.FileName);
        string draft = path + ".new";
        try
        {
            File.WriteAllText(draft, JsonSerializer.Serialize(note, RoleJson.Default.HandOverNote));
            File.Move(draft, path, overwrite: true);
            return null;
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be written: {cannot.Message}";
        }
    }

    /// <summary>Takes the note away, so that no later role believes it; null when there is none or it is spoilt.</summary>
    internal static HandOverNote? Take(string directory)
    {
        string path = Path.Combine(directory, HandOverNote.FileName);
        try
        {
            string text = File.ReadAllText(path);
            File.Delete(path);
            return JsonSerializer.Deserialize(text, RoleJson.Default.HandOverNote);
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
