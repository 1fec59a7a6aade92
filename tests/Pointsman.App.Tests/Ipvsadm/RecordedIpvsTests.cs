using System.Globalization;
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
    public static TheoryData<string> Scenarios => [.. ScenarioWords.Names];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void DataPathAndListings_AreWhatIpvsShowed(string name)
    {
        var player = new IpvsPlayer(kept.Fresh());
        foreach (string line in ScenarioWords.Scenario(name))
        {
            player.Do(line);
        }

        // The kernel renames a template whose server is gone to port 65535, and lists it until it expires; ours is the client's next one.
        string[] recorded = [.. ScenarioWords.Expected(name).Where(row => !row.EndsWith(":65535", StringComparison.Ordinal))];
        string[] told = player.Told.Split('\n')[..^1];
        Assert.NotEmpty(recorded);
        Assert.Equal(recorded.Select(row => SizeOfTable().Replace(row, "size=N")), told.Select((row, i) => Timed(SizeOfTable().Replace(row, "size=N"), recorded.ElementAtOrDefault(i))));
    }

    // The recording was made within a second, beside what was waited; here the kernel's clock goes on while a busy machine does other things.
    // How long each state is kept exactly is the model's affair.
    private static string Timed(string row, string? recorded)
    {
        (Match here, Match there) = (Time().Match(row), Time().Match(recorded ?? ""));
        return here.Success && there.Success && SecondsOf(there) - SecondsOf(here) is >= -1 and <= 3 ? Time().Replace(row, there.Value) : row;
    }

    private static int SecondsOf(Match time) =>
        (60 * int.Parse(time.Groups[1].Value, CultureInfo.InvariantCulture)) + int.Parse(time.Groups[2].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("(?<=^[A-Z]+ )([0-9]+):([0-9]+)(?= )")]
    private static partial Regex Time();

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
