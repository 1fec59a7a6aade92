using Pointsman.Linux;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>Keeps the program attached to the interfaces of the plan, by links pinned for each.</summary>
internal sealed class InterfaceLinks : IDisposable
{
    private readonly PinPaths _paths;
    private readonly BpfProgram _program;
    private readonly List<string> _notes;
    private readonly SortedDictionary<int, (AttachedInterface Interface, XdpLink Link)> _links = [];

    /// <summary>Takes over the links that are pinned and puts the new program in them, without a gap.</summary>
    internal InterfaceLinks(PinPaths paths, List<string> notes)
    {
        _paths = paths;
        _notes = notes;
        _program = BpfProgram.TryOpen(paths.Of(Names.XdpProgram))
            ?? throw new DataplaneException($"{Names.XdpProgram} is not pinned in {paths.Version}");
        foreach ((string path, AttachedInterface attached) in paths.PinnedLinks())
        {
            XdpLink? link = XdpLink.TryOpen(path);
            if (link?.InterfaceIndex == attached.Index && link.TryUpdate(_program))
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

        foreach (int index in wanted)
        {
            if (!_links.ContainsKey(index))
            {
                Add(index);
            }
        }
    }

    public void Dispose()
    {
        _program.Dispose();
        foreach ((_, XdpLink link) in _links.Values)
        {
            link.Dispose();
        }
    }

    private void Add(int index)
    {
        (XdpLink link, AttachMode mode) = Attach(index);
        var attached = new AttachedInterface(index, mode);
        string path = _paths.Link(attached);
        Directory.CreateDirectory(_paths.Links);
        File.Delete(path);
        link.Pin(path);
        _links.Add(index, (attached, link));
    }

    private (XdpLink Link, AttachMode Mode) Attach(int index)
    {
        try
        {
            return (XdpLink.Attach(_program, index, native: true), AttachMode.Native);
        }
        catch (ErrnoException refused) when (refused.Errno is Errno.NotSupported or Errno.InvalidArgument or RangeErrno)
        {
            _notes.Add($"interface {index} has no native XDP ({ErrnoException.Text(refused.Errno)}): using the generic mode, "
                + "about half as fast; it drops large segments (ethtool -K ... gro off lro off)");
        }
        catch (ErrnoException refused)
        {
            throw Refusal(index, refused);
        }

        try
        {
            return (XdpLink.Attach(_program, index, native: false), AttachMode.Generic);
        }
        catch (ErrnoException refused)
        {
            throw Refusal(index, refused);
        }
    }

    // ERANGE: the MTU is larger than the driver can do with XDP.
    private const int RangeErrno = 34;

    private static DataplaneException Refusal(int index, ErrnoException refused) => refused.Errno switch
    {
        Errno.NoDevice => new DataplaneException($"interface {index} does not exist (any more)", refused),
        Errno.Busy or Errno.Exists => new DataplaneException(
            $"another XDP program is attached to interface {index}: remove it (ip link set dev IF xdp off)", refused),
        _ => Failures.Describe($"attaching to interface {index}", refused),
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
