using System.Globalization;
using System.Text.RegularExpressions;
using Pointsman.Tests;

namespace Pointsman.Balance.Tests.Recorded;

/// <summary>
/// The model against real IPVS (Linux 6.1): the same commands, the same segments, hence the same servers, states and counts.
/// scripts/record-ipvs makes the recordings.
/// </summary>
public sealed partial class RecordedTests
{
    public static TheoryData<string> Scenarios => [.. ScenarioWords.Names];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Model_DoesWhatIpvsDid(string name)
    {
        string[] recorded = [.. ScenarioWords.Expected(name).Select(Row).OfType<string>()];
        Assert.NotEmpty(recorded);
        string[] played = ScenarioPlayer.Play(ScenarioWords.Scenario(name)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(recorded, played.Select((row, i) => Timed(row, recorded.ElementAtOrDefault(i))));
    }

    // Servers by what the model knows of them, services and titles not at all. The kernel renames a template whose server is gone to port
    // 65535, and lists it until it expires; the model's is the client's next one.
    private static string? Row(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["->", "RemoteAddress:Port", ..] or ["listing" or "Prot", ..] or ["IP", "Virtual", ..] => null,
        ["->", string server, "Route" or "Masq", string weight, string active, string inactive] => $"{server} {weight} {active} {inactive}",
        ["->", string server, string weight, string persistent, string active, string inactive] =>
            $"{server} {weight} {persistent} {active} {inactive}",
        ["->", string server, string connections, string packets, _, _, _] => $"{server} {connections} {packets}",
        [.., string target] when target.EndsWith(":65535", StringComparison.Ordinal) => null,
        ["TCP" or "UDP" or "SCTP" or "IP", .., string client, string target, string server] when IsEnd(client) && IsEnd(target) && IsEnd(server) => line,
        ["TCP" or "UDP" or "SCTP" or "FWM", ..] => null,
        _ => line,
    };

    private static bool IsEnd(string text) => text.Contains(':', StringComparison.Ordinal);

    // The kernel's timers are late by up to an eighth of their time, and a template's next minute begins then.
    private static string Timed(string row, string? recorded)
    {
        (Match here, Match there) = (TemplateTime().Match(row), TemplateTime().Match(recorded ?? ""));
        return here.Success && there.Success && SecondsOf(there) - SecondsOf(here) is >= 0 and <= 3
            ? row.Replace(here.Value, there.Value, StringComparison.Ordinal) : row;
    }

    private static int SecondsOf(Match time) =>
        (60 * int.Parse(time.Groups[1].Value, CultureInfo.InvariantCulture)) + int.Parse(time.Groups[2].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("(?<=^[A-Z]+ )([0-9]+):([0-9]+)(?= (NONE|ASSURED) )")]
    private static partial Regex TemplateTime();
}
