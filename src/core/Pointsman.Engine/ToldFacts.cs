using Pointsman.Config.Model;
using Pointsman.Health;

namespace Pointsman.Engine;

/// <summary>The last word on files and paths that checks follow: a check that is configured later has to hear it, too.</summary>
internal sealed class ToldFacts
{
    private readonly SortedDictionary<string, Func<CheckMethod, ProbeOutcome?>> _files = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Func<CheckMethod, ProbeOutcome?>> _paths = new(StringComparer.Ordinal);

    /// <summary>What each means to a check, by its method.</summary>
    public IEnumerable<Func<CheckMethod, ProbeOutcome?>> All => [.. _files.Values, .. _paths.Values];

    public Func<CheckMethod, ProbeOutcome?> File(string name, int number) =>
        _files[name] = method => method is CheckMethod.File file && file.Name == name ? file.Judge(number) : null;

    public Func<CheckMethod, ProbeOutcome?> Path(string name, bool isUp, string why) =>
        _paths[name] = method => method is CheckMethod.Path path && path.Name == name ? CheckMethod.Path.Judge(isUp, why) : null;

    /// <summary>What is not watched any more is not known any more.</summary>
    public void Keep(Configuration configuration)
    {
        Keep(_files, [.. configuration.TrackFiles.Select(file => file.Name)]);
        Keep(_paths, [.. configuration.Bfds.Select(bfd => bfd.Name)]);
    }

    private static void Keep(SortedDictionary<string, Func<CheckMethod, ProbeOutcome?>> facts, HashSet<string> names)
    {
        foreach (string gone in facts.Keys.Where(name => !names.Contains(name)).ToList())
        {
            facts.Remove(gone);
        }
    }
}
