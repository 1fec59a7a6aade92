using Pointsman.Linux;
using Pointsman.Linux.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>
/// Keeps the program that turns checks onto the client's road at the way out of each interface of the plan. Without it
/// there are plain checks; nothing else depends on it.
/// </summary>
internal sealed class RoadHooks : IDisposable
{
    private readonly BpfProgram _program;
    private readonly List<string> _notes;
    private readonly Dictionary<int, string?> _places = [];

    /// <summary>Puts the new program in the place of a former run's.</summary>
    internal RoadHooks(PinPaths paths, List<string> notes, IEnumerable<AttachedInterface> attached)
    {
        _notes = notes;
        _program = BpfProgram.TryOpen(paths.Of(Names.RoadProgram))
            ?? throw new DataplaneException($"{Names.RoadProgram} is not pinned in {paths.Version}");
        Reconcile([.. attached.Select(place => place.Index)]);
    }

    /// <summary>Null: checks that leave by this interface can take the client's road; else why not.</summary>
    internal string? WhyNot(int interfaceIndex) =>
        _places.TryGetValue(interfaceIndex, out string? refusal) ? refusal : "the data path is not on the way to it";

    internal void Reconcile(IReadOnlyCollection<int> wanted)
    {
        foreach (int index in _places.Keys.Where(index => !wanted.Contains(index)).ToList())
        {
            EgressFilter.TryDetach(index);
            _places.Remove(index);
        }

        foreach (int index in wanted.Where(index => !_places.ContainsKey(index)))
        {
            _places[index] = Attach(index);
        }
    }

    /// <summary>Takes the programs away, wherever there may be one.</summary>
    internal static void RemoveAll(IEnumerable<int> interfaces)
    {
        foreach (int index in interfaces)
        {
            EgressFilter.TryDetach(index);
        }
    }

    public void Dispose() => _program.Dispose();

    private string? Attach(int index)
    {
        try
        {
            EgressFilter.Attach(_program, index);
            return null;
        }
        catch (ErrnoException refused)
        {
            string why = $"this kernel takes no filter on the way out ({refused.Message})";
            _notes.Add($"checks go to the real servers' own addresses, not through the virtual ones: {why}");
            return why;
        }
    }
}
