using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Marks;

/// <summary>What was changed of this host's settings for marked packets, written down before it is done, to be set back.</summary>
internal sealed class MarkNote(string path)
{
    private ImmutableArray<Setting> _settings = Read(path);

    internal bool Exists => File.Exists(path);

    /// <summary>There is something to be taken back from now on.</summary>
    internal void Begin()
    {
        if (!Exists)
        {
            Write();
        }
    }

    /// <param name="name">With slashes: <c>net/ipv4/ip_forward</c>.</param>
    internal void Set(string name, string value)
    {
        if (Sysctl.TryRead(name) is not { } before || before == value)
        {
            return;
        }

        if (!_settings.Any(setting => setting.Name == name))
        {
            _settings = _settings.Add(new Setting(name, before, value));
            Write();
        }

        Sysctl.Write(name, value);
    }

    /// <summary>Sets back what nobody else has changed since.</summary>
    internal void End()
    {
        foreach (Setting setting in _settings.Reverse())
        {
            if (Sysctl.TryRead(setting.Name) == setting.Ours)
            {
                Sysctl.Write(setting.Name, setting.Before);
            }
        }

        _settings = [];
        File.Delete(path);
    }

    private static ImmutableArray<Setting> Read(string path)
    {
        try
        {
            ImmutableArray<Setting> read = JsonSerializer.Deserialize(File.ReadAllBytes(path), MarkJson.Default.ImmutableArraySetting);
            return read.IsDefault ? [] : read;
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private void Write()
    {
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(_settings, MarkJson.Default.ImmutableArraySetting));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>A kernel setting below /proc/sys.</summary>
    internal sealed record Setting(string Name, string Before, string Ours);
}

/// <summary>How the note is written; no reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(ImmutableArray<MarkNote.Setting>))]
internal sealed partial class MarkJson : JsonSerializerContext;
