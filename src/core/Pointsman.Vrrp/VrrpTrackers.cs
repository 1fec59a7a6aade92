namespace Pointsman.Vrrp;

/// <summary>What an instance's fitness and priority hang on, and how it stands.</summary>
internal sealed class VrrpTrackers(VrrpInstanceSettings settings, bool weightsCount)
{
    private const int OwnerPriority = 255;
    private const int LowestPriority = 1;
    private const int HighestPriority = 254;

    // A script or a path is unknown until its first result; links and processes are up until told.
    private readonly TrackedThings _scripts = new(settings.TrackScripts, initial: null);
    private readonly TrackedThings _interfaces = new(settings.TrackInterfaces, initial: true);
    private readonly TrackedThings _processes = new(settings.TrackProcesses, initial: true);
    private readonly TrackedThings _groups = new(settings.TrackGroups, initial: true);
    private readonly TrackedThings _paths = new(settings.TrackPaths, initial: null);
    private readonly TrackedFiles _files = new(settings.TrackFiles);

    /// <summary>
    /// A master resumed after a quick restart counts scripts as up until their first result: it held its rank with them
    /// a moment ago, and losing it for one script interval would cost the takeover the lease has just avoided.
    /// </summary>
    public bool UnknownScriptsAreUp
    {
        get => _scripts.UnknownIsUp;
        set => _scripts.UnknownIsUp = _paths.UnknownIsUp = value;
    }

    public bool OwnLinkIsUp { get; private set; } = true;

    public byte EffectivePriority
    {
        get
        {
            if (settings.Priority == OwnerPriority || !weightsCount)
            {
                return settings.Priority;
            }

            int total = settings.Priority + _scripts.Weight + _interfaces.Weight + _processes.Weight + _paths.Weight + _files.Weight;
            return (byte)Math.Clamp(total, LowestPriority, HighestPriority);
        }
    }

    /// <summary>The script, or path, of weight 0 whose first result is awaited, or null.</summary>
    public string? AwaitedScript => _scripts.Awaited ?? _paths.Awaited;

    /// <summary>What is known goes on; who tracks something new learns of it when it is told.</summary>
    public void Continue(VrrpTrackers former)
    {
        OwnLinkIsUp = former.OwnLinkIsUp;
        _scripts.Continue(former._scripts);
        _interfaces.Continue(former._interfaces);
        _processes.Continue(former._processes);
        _groups.Continue(former._groups);
        _paths.Continue(former._paths);
        _files.Continue(former._files);
    }

    public void SetScript(string name, bool isUp) => _scripts.Set(name, isUp);

    public void SetProcess(string name, bool isUp) => _processes.Set(name, isUp);

    public void SetGroup(string name, bool isWhole) => _groups.Set(name, isWhole);

    public void SetPath(string name, bool isUp) => _paths.Set(name, isUp);

    public void SetFile(string name, int number) => _files.Set(name, number);

    public void SetLink(string name, bool isUp)
    {
        if (name == settings.Interface)
        {
            OwnLinkIsUp = isUp;
        }

        _interfaces.Set(name, isUp);
    }

    /// <summary>The first thing that makes the instance unfit.</summary>
    public bool TryFindFault(out VrrpReason reason, out string? subject)
    {
        (reason, subject) = !OwnLinkIsUp && !settings.IgnoresOwnLink ? (VrrpReason.LinkDown, settings.Interface)
            : _interfaces.Fault is { } link ? (VrrpReason.LinkDown, link)
            : _scripts.Fault is { } script ? (VrrpReason.ScriptFailed, script)
            : _processes.Fault is { } process ? (VrrpReason.ProcessMissing, process)
            : _groups.Fault is { } group ? (VrrpReason.StaticMissing, group)
            : _paths.Fault is { } path ? (VrrpReason.PathDown, path)
            : _files.Fault is { } file ? (VrrpReason.FileSaysFault, file)
            : (VrrpReason.None, (string?)null);
        return reason != VrrpReason.None;
    }
}
