namespace Pointsman.App.Run;

/// <summary>
/// The instances that an operator has taken out, a line each, in the run directory: a restart of the daemon must not put
/// them back into service. A restart of the machine does.
/// </summary>
internal sealed class MaintenanceNote(string path)
{
    private const string UnservedMark = " unserved";

    private readonly SortedDictionary<string, bool> _unservedByName = new(StringComparer.Ordinal);

    /// <summary>Instance names; true where the node was taken out although nobody stood up for it.</summary>
    internal IReadOnlyDictionary<string, bool> Entries => _unservedByName;

    internal void Read()
    {
        _unservedByName.Clear();
        foreach (string line in NoteFile.Read(path))
        {
            bool unserved = line.EndsWith(UnservedMark, StringComparison.Ordinal);
            _unservedByName[unserved ? line[..^UnservedMark.Length] : line] = unserved;
        }
    }

    /// <returns>Why it could not be written down: the next daemon will not know. Null: it was.</returns>
    internal string? Set(string instance, bool unserved)
    {
        _unservedByName[instance] = unserved;
        return TryWrite();
    }

    /// <returns>Why it could not be written down: the next daemon will take it out again. Null: it was, or was not there.</returns>
    internal string? Remove(string instance) => _unservedByName.Remove(instance) ? TryWrite() : null;

    private string? TryWrite() =>
        NoteFile.TryWrite(path, _unservedByName.Select(entry => entry.Key + (entry.Value ? UnservedMark : "")));
}
