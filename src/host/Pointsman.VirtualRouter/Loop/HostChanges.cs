using System.Text.Json;
using Pointsman.Linux.Network;
using Pointsman.VirtualRouter.Json;
using Pointsman.VirtualRouter.Messages;

namespace Pointsman.VirtualRouter.Loop;

/// <summary>
/// What the role has changed on this host or may change there, written down in the run directory before it is done: so that a
/// role that was killed leaves nothing that the next one cannot set back. Where it cannot be written down (a full /run), that is told,
/// and the work goes on.
/// </summary>
internal sealed class HostChanges
{
    private readonly string _path;
    private readonly EventOutbox _outbox;
    private HostChangesNote _note;
    private bool _hasFailed;

    private HostChanges(string path, HostChangesNote note, EventOutbox outbox) => (_path, _note, _outbox) = (path, note, outbox);

    internal IEnumerable<string> Links => _note.Links;

    internal StaticNetwork Static => _note.Static;

    internal StaticNetwork Moving => _note.Moving;

    internal string? FirewallTable => _note.FirewallTable;

    /// <summary>With what a role before this one has left.</summary>
    internal static HostChanges Open(string runDirectory, EventOutbox outbox)
    {
        string path = Path.Combine(runDirectory, HostChangesNote.FileName);
        return new HostChanges(path, Read(path), outbox);
    }

    /// <summary>A link is made; before it is.</summary>
    internal void AddLink(string name)
    {
        if (!_note.Links.Contains(name))
        {
            Write(_note with { Links = _note.Links.Add(name) });
        }
    }

    /// <summary>Static addresses, routes and rules are set; before they are.</summary>
    internal void SetStatic(StaticNetwork statics)
    {
        if (!statics.IsEmpty || !_note.Static.IsEmpty)
        {
            Write(_note with { Static = statics });
        }
    }

    /// <summary>More moves with the masterships from now on; before any of it is set.</summary>
    internal void AddMoving(StaticNetwork more)
    {
        StaticNetwork known = _note.Moving;
        var all = new StaticNetwork
        {
            Addresses = known.Addresses.AddRange(more.Addresses.Except(known.Addresses)),
            Routes = known.Routes.AddRange(more.Routes.Where(route => !known.Routes.Any(other => other.Route == route.Route))),
            Rules = known.Rules.AddRange(more.Rules.Where(rule => !known.Rules.Any(other => other.Rule == rule.Rule))),
        };
        if (all.Addresses.Length > known.Addresses.Length || all.Routes.Length > known.Routes.Length || all.Rules.Length > known.Rules.Length)
        {
            Write(_note with { Moving = all });
        }
    }

    /// <summary>Nothing else moves with the masterships any more; after the rest is removed.</summary>
    internal void SetMoving(StaticNetwork moving)
    {
        StaticNetwork known = _note.Moving;
        if (moving.Addresses.Length != known.Addresses.Length || moving.Routes.Length != known.Routes.Length || moving.Rules.Length != known.Rules.Length)
        {
            Write(_note with { Moving = moving });
        }
    }

    /// <summary>A table of nftables is made, before it is, or is gone.</summary>
    internal void SetFirewallTable(string? table)
    {
        if (table != _note.FirewallTable)
        {
            Write(_note with { FirewallTable = table });
        }
    }

    internal void RemoveLink(string name) => Write(_note with { Links = _note.Links.Remove(name) });

    /// <summary>Sets a kernel setting; what it was is remembered from the first time.</summary>
    /// <param name="name">With slashes: <c>net/ipv4/conf/eth0/arp_ignore</c>.</param>
    internal void Set(string name, string value)
    {
        if (Sysctl.TryRead(name) is not { } before || before == value)
        {
            return;
        }

        HostChangesNote.Setting? known = _note.Settings.FirstOrDefault(setting => setting.Name == name);
        Write(_note with
        {
            Settings = known is null
                ? _note.Settings.Add(new HostChangesNote.Setting(name, before, value))
                : _note.Settings.Replace(known, known with { Ours = value }),
        });
        Sysctl.Write(name, value);
    }

    /// <summary>Sets back all settings that are not wanted any more. One that somebody else has changed since is left alone.</summary>
    internal void Restore(Func<string, bool> isWanted)
    {
        foreach (HostChangesNote.Setting setting in _note.Settings.Where(setting => !isWanted(setting.Name)).Reverse())
        {
            if (Sysctl.TryRead(setting.Name) == setting.Ours)
            {
                Sysctl.Write(setting.Name, setting.Before);
            }

            Write(_note with { Settings = _note.Settings.Remove(setting) });
        }
    }

    private static HostChangesNote Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), RoleJson.Default.HostChangesNote) ?? new HostChangesNote();
        }
        catch (Exception unreadable) when (unreadable is IOException or JsonException or UnauthorizedAccessException)
        {
            return new HostChangesNote();
        }
    }

    private void Write(HostChangesNote note)
    {
        _note = note;
        try
        {
            WriteFile(note);
            _hasFailed = false;
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            if (!_hasFailed)
            {
                _hasFailed = true;
                _outbox.Note(isWarning: true, $"{_path} cannot be written, after a crash what is set on this host may stay: {cannot.Message}");
            }
        }
    }

    private void WriteFile(HostChangesNote note)
    {
        if (note.IsEmpty)
        {
            File.Delete(_path);
            return;
        }

        File.WriteAllText(_path + ".new", JsonSerializer.Serialize(note, RoleJson.Default.HostChangesNote));
        File.Move(_path + ".new", _path, overwrite: true);
    }
}
