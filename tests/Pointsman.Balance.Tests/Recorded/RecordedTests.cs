using Pointsman.Tests;

namespace Pointsman.Balance.Tests.Recorded;

/// <summary>
/// The model against real IPVS (Linux 6.1): the same commands, the same segments, hence the same servers, states and counts.
/// scripts/record-ipvs makes the recordings.
/// </summary>
public sealed class RecordedTests
{
    private static readonly string Folder = SourceTree.PathOf("tests", "Pointsman.Balance.Tests", "Recorded", "Ipvs");

    public static TheoryData<string> Scenarios =>
        [.. Directory.GetFiles(Folder, "*.scenario").Select(path => Path.GetFileNameWithoutExtension(path)!).Order()];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Model_DoesWhatIpvsDid(string name)
    {
        string[] recorded = [.. File.ReadLines(Path.Combine(Folder, $"{name}.recorded")).Select(Row).OfType<string>()];
        Assert.NotEmpty(recorded);
        string[] played = ScenarioPlayer.Play(File.ReadLines(Path.Combine(Folder, $"{name}.scenario")))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(recorded, played);
    }

    // Templates are not listed, servers by what the model knows of them.
    private static string? Row(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["->", string server, _, string weight, string active, string inactive] => $"{server} {weight} {active} {inactive}",
        ["->", string server, string connections, string packets, _, _, _] => $"{server} {connections} {packets}",
        ["TCP", "NONE", ..] or ["listing" or "IP" or "Prot" or "->", ..] => null,
        ["TCP" or "UDP", _, _, _, _] => line,
        ["TCP" or "UDP", ..] => null,
        _ => line,
    };
}
