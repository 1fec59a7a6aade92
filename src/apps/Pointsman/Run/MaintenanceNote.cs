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
        if (!File.Exists(path))
        {
            return;
        }

        foreach (string line in File.ReadAllLines(path))
        {
            bool unserved = line.EndsWith(UnservedMark, StringComparison.Ordinal);
            _unservedByName[unserved ? line[..^UnservedMark.Length] : line] = unserved;
        }
    }

    internal void Set(string instance, bool unserved)
    {
        _unservedByName[instance] = unserved;
        Write();
    }

    internal void Remove(string instance)
    {
        if (_unservedByName.Remove(instance))
        {
            Write();
        }
    }

    private void Write()
    {
        string draft = path + ".new";
        File.WriteAllLines(draft, _unservedByName.Select(entry => entry.Key + (entry.Value ? UnservedMark : "")));
        File.Move(draft, path, overwrite: true);
    }
}
