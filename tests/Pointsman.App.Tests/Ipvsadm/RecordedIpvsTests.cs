using System.Text.RegularExpressions;
using Pointsman.Dataplane.Tests;
using Pointsman.Tests;

namespace Pointsman.App.Tests.Ipvsadm;

/// <summary>
/// The whole of it against real IPVS (Linux 6.1): our ipvsadm is typed what the kernel's was, the packet program gets the same packets,
/// and our listings are the recorded ones, line by line. scripts/record-ipvs makes the recordings.
/// </summary>
public sealed partial class RecordedIpvsTests(RecordedIpvsTests.Kept kept) : IClassFixture<RecordedIpvsTests.Kept>
{
    private static readonly string s_folder = SourceTree.PathOf("tests", "Pointsman.Balance.Tests", "Recorded", "Ipvs");

    public static TheoryData<string> Scenarios =>
        [.. Directory.GetFiles(s_folder, "*.scenario").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void DataPathAndListings_AreWhatIpvsShowed(string name)
    {
        var player = new IpvsPlayer(kept.Fresh());
        foreach (string line in File.ReadLines(Path.Combine(s_folder, $"{name}.scenario")))
        {
            player.Do(line);
        }

        // The kernel renames a template whose server is gone to port 65535, and lists it until it expires; ours is the client's next one.
        string recorded = string.Concat(File.ReadLines(Path.Combine(s_folder, $"{name}.recorded"))
            .Where(row => !row.EndsWith(":65535", StringComparison.Ordinal)).Select(row => row + "\n"));
        Assert.NotEqual("", recorded);
        Assert.Equal(SizeOfTable().Replace(recorded, "size=N"), SizeOfTable().Replace(player.Told, "size=N"));
    }

    // As many places as there happen to be.
    [GeneratedRegex("size=[0-9]+")]
    private static partial Regex SizeOfTable();

    /// <summary>One loaded data path for all of them.</summary>
    public sealed class Kept : IDisposable
    {
        private TestPlane? _plane;

        internal TestPlane Fresh()
        {
            _plane ??= new TestPlane();
            _plane.Reset();
            return _plane;
        }

        public void Dispose() => _plane?.Dispose();
    }
}
