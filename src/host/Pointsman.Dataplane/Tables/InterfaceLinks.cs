using System.Collections.Immutable;
using System.Diagnostics;
using Pointsman.Linux;
using Pointsman.Linux.Bpf;
using Pointsman.Linux.Network;

namespace Pointsman.Dataplane.Tables;

/// <summary>Keeps the program attached to the interfaces of the plan, by links pinned for each.</summary>
internal sealed class InterfaceLinks : IDisposable
{
    // What drivers answer when the interface's MTU is larger than they can do with XDP.
    private const int OutOfRange = 34;
    private const int MessageTooLong = 90;

    private readonly PinPaths _paths;
    private readonly SortedDictionary<AttachMode, BpfProgram> _programs = [];
    private readonly ImmutableArray<AttachMode> _ways;
    private readonly List<string> _notes;
    private readonly SortedDictionary<int, (AttachedInterface Interface, XdpLink Link)> _links = [];

    /// <summary>Takes over the links that are pinned and puts the new program in them, without a gap.</summary>
    /// <param name="ways">How to attach and which program that takes; the first one that an interface can do.</param>
    internal InterfaceLinks(PinPaths paths, List<string> notes, params ReadOnlySpan<(AttachMode Mode, string Program)> ways)
    {
        _paths = paths;
        _notes = notes;
        foreach ((AttachMode mode, string name) in ways)
        {
            _ways = _ways.IsDefault ? [mode] : _ways.Add(mode);
            _programs[mode] = BpfProgram.TryOpen(paths.Of(name))
                ?? throw new DataplaneException($"{name} is not pinned in {paths.Version}");
        }

        foreach ((string path, AttachedInterface attached) in paths.PinnedLinks())
        {
            XdpLink? link = XdpLink.TryOpen(path);
            if (link?.InterfaceIndex == attached.Index
                && _programs.TryGetValue(attached.Mode, out BpfProgram? program) && link.TryUpdate(program))
            {
                _links.Add(attached.Index, (attached, link));
            }
            else
            {
                link?.Dispose();
                File.Delete(path);
            }
        }
    }

    internal IReadOnlyList<AttachedInterface> Attached => [.. _links.Values.Select(link => link.Interface)];

    internal void Reconcile(IReadOnlyCollection<int> wanted)
    {
        foreach ((AttachedInterface attached, XdpLink link) in _links.Values.ToList())
        {
            // A link whose interface went away stays empty, even if another one gets its index.
            if (!wanted.Contains(attached.Index) || link.InterfaceIndex is null)
            {
                Remove(attached, link);
            }
        }

        DataplaneException? refusal = null;
        foreach (int index in FromBelow([.. wanted.Where(index => !_links.ContainsKey(index))]))
        {
            try
            {
                Add(index);
            }
            catch (DataplaneException refused)
            {
                refusal ??= refused;
            }
        }

        if (refusal is not null)
        {
            throw refusal;
        }
    }

    public void Dispose()
    {
        foreach (BpfProgram program in _programs.Values)
        {
            program.Dispose();
        }

        foreach ((_, XdpLink link) in _links.Values)
        {
            link.Dispose();
        }
    }

    // The kernel takes no program below an interface that has one already: those above are taken off and come last.
    private List<int> FromBelow(List<int> missing)
    {
        if (missing.Count == 0)
        {
            return missing;
        }

        using var routes = new RouteClient();
        var links = routes.Links().ToDictionary(link => link.Index);
        foreach ((AttachedInterface attached, XdpLink link) in _links.Values.ToList())
        {
            if (VlanInterfaces.Below(links, attached.Index).Intersect(missing).Any())
            {
                Remove(attached, link);
                missing.Add(attached.Index);
            }
        }

        return [.. missing.OrderBy(index => VlanInterfaces.Below(links, index).Count())];
    }

    private void Add(int index)
    {
        (XdpLink link, AttachMode mode) = Attach(index);
        var attached = new AttachedInterface(index, mode);
        string path = _paths.Link(attached);
        Directory.CreateDirectory(_paths.Links, PinPaths.OwnerOnly);
        File.Delete(path);
        link.Pin(path);
        _links.Add(index, (attached, link));
    }

    private (XdpLink Link, AttachMode Mode) Attach(int index)
    {
        string name = NameOf(index);
        foreach (AttachMode mode in _ways)
        {
            try
            {
                XdpLink link = Attach(index, mode);
                NoteMode(name, mode);
                return (link, mode);
            }
            catch (ErrnoException refused) when (mode != _ways[^1]
                && refused.Errno is Errno.NotSupported or Errno.InvalidArgument or MessageTooLong or OutOfRange)
            {
                continue;      // this interface or kernel cannot: the next way
            }
            catch (ErrnoException refused)
            {
                throw Refusal(name, refused);
            }
        }

        throw new UnreachableException();
    }

    private XdpLink Attach(int index, AttachMode mode) => mode == AttachMode.Tc
        ? XdpLink.AttachAtTc(_programs[mode], index)
        : XdpLink.Attach(_programs[mode], index, native: mode == AttachMode.Native);

    private void NoteMode(string name, AttachMode mode)
    {
        if (mode == AttachMode.Generic)
        {
            _notes.Add($"{name} has no native XDP: using the generic mode, about half as fast; it drops large segments "
                + $"(ethtool -K {name} gro off lro off)");
        }
    }

    // Asked first, because the kernel answers "invalid argument" for an interface that is not there.
    private static string NameOf(int index)
    {
        using var routes = new RouteClient();
        return routes.Links().Find(link => link.Index == index)?.Name
            ?? throw new DataplaneException($"interface {index} does not exist (any more)");
    }

    private static DataplaneException Refusal(string name, ErrnoException refused) => refused.Errno switch
    {
        Errno.NoDevice => new DataplaneException($"{name} does not exist any more", refused),
        Errno.Busy or Errno.Exists => new DataplaneException(
            $"another XDP program is attached to {name}: remove it (ip link set dev {name} xdp off)", refused),
        _ => Failures.Describe($"attaching to {name}", refused),
    };

    private void Remove(AttachedInterface attached, XdpLink link)
    {
        if (link.InterfaceIndex is not null)
        {
            link.Detach();
        }

        link.Dispose();
        File.Delete(_paths.Link(attached));
        _links.Remove(attached.Index);
    }
}
