using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Marks;

/// <summary>
/// What was changed of this host's settings for marked packets, written down before it is done, to be set back. Where it cannot be
/// written (a full /run), it is remembered as long as this process lives, and that is told.
/// </summary>
/// <param name="tell">A line for the operator.</param>
internal sealed class MarkNote(string path, Action<string>? tell = null)
{
    private ImmutableArray<Setting> _settings = Read(path);
    private bool _isBegun;
    private bool _hasFailed;

    internal bool Exists => _isBegun || File.Exists(path);

    /// <summary>There is something to be taken back from now on.</summary>
    internal void Begin()
    {
        _isBegun = true;
        if (!File.Exists(path))
        {
            TryWrite();
        }
    }

    /// <param name="name">With slashes: <c>net/ipv4/ip_forward</c>.</param>
    internal void Set(string name, string value)
    {
        if (Sysctl.TryRead(name) is not { } before || before == value)
        {
            return;
        }

        // What it was before the first change stands; what it is by us is the last.
        Setting? known = _settings.FirstOrDefault(setting => setting.Name == name);
        _settings = known is null ? _settings.Add(new Setting(name, before, value)) : _settings.Replace(known, known with { Ours = value });
        TryWrite();
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
        _isBegun = false;
        Try(() => File.Delete(path));
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

    private void TryWrite() => Try(() =>
    {
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(_settings, MarkJson.Default.ImmutableArraySetting));
        File.Move(path + ".new", path, overwrite: true);
    });

    private void Try(Action write)
    {
        try
        {
            write();
            _hasFailed = false;
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            if (!_hasFailed)
            {
                _hasFailed = true;
                tell?.Invoke($"{path} cannot be written, after a crash what marked packets need of this host's settings may stay: {cannot.Message}");
            }
        }
    }

    /// <summary>A kernel setting below /proc/sys.</summary>
    internal sealed record Setting(string Name, string Before, string Ours);
}

/// <summary>How the note is written; no reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(ImmutableArray<MarkNote.Setting>))]
internal sealed partial class MarkJson : JsonSerializerContext;
