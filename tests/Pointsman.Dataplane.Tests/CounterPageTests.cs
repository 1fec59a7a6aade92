using Pointsman.Dataplane.Bpf;
using Pointsman.Tests;

namespace Pointsman.Dataplane.Tests;

public sealed class CounterPageTests
{
    [Fact]
    public void Page_HasALineForEachCounter_AndNoOther()
    {
        string[] lines = File.ReadAllLines(SourceTree.PathOf("docs/data-path-counters.md"));
        IEnumerable<string> told = lines
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]);

        Assert.Equal(PmVerdictNames.All.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    // The page says where a frame goes; bpf/verdict.h decides it.
    [Fact]
    public void Page_SaysOfEachDrop_ThatItIsOne()
    {
        string[] header = File.ReadAllLines(SourceTree.PathOf("bpf/verdict.h"));
        string[] page = File.ReadAllLines(SourceTree.PathOf("docs/data-path-counters.md"));
        foreach (string line in header)
        {
            if (!line.Contains("X(", StringComparison.Ordinal) || !line.Contains("XDP_", StringComparison.Ordinal))
            {
                continue;
            }

            string name = line.Split("X(")[1].Split(',')[0].ToLowerInvariant().Replace('_', '-');
            if (name.StartsWith("note-", StringComparison.Ordinal))
            {
                continue;
            }

            string told = Assert.Single(page, row => row.StartsWith($"| `{name}` |", StringComparison.Ordinal));
            told = told.Split('|')[2].Trim();
            Assert.Equal((name, line.Contains("XDP_DROP", StringComparison.Ordinal)), (name, told == "dropped"));
        }
    }
}
