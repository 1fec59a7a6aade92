using Pointsman.Config.Inventory;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>No keyword is said to work that changes nothing: without its line, another configuration is read, or none.</summary>
public sealed class WorkingKeywordTests
{
    internal static readonly string Everything = EveryGlobalKeyword.Text + EveryVrrpKeyword.Text + EveryServerKeyword.Text;

    // The only value they can have so far is what happens without them; any other is refused or spoken of.
    // include_check bears on files, not on the model: IncludeTests. checker_log_all_failures would hide the checkers' own.
    private static readonly string[] OfOneValue = ["vrrp_vmac_garp_intvl", "vmac_garp_intvl", "include_check", "vrrp_track_file", "checker_log_all_failures"];

    // Other spellings, read in place of the first.
    private static readonly Dictionary<string, string> Spellings = new()
    {
        ["lvs_id"] = "router_id lb7", ["smtp_connection_timeout"] = "smtp_connect_timeout 9", ["lvs_sched"] = "lb_algo rr", ["lvs_method"] = "lb_kind DR", ["nb_get_retry"] = "retry 9",
        ["neighbour_ip"] = "neighbor_ip 10.0.0.8", ["hoplimit"] = "ttl 200",
    };

    [Fact]
    public void EveryKeywordThatWorks_LeftOut_IsMissed()
    {
        string[] lines = Everything.Split('\n');
        (string Block, string Name)[] places = Places(lines);
        string whole = Read(Everything);
        Assert.DoesNotContain("PM", whole, StringComparison.Ordinal);
        foreach (KeywordEntry entry in KeywordManual.Entries.Where(entry => entry.Fate == Fate.Works))
        {
            if (OfOneValue.Contains(entry.Name) || entry.Name == "preempt" || Spellings.ContainsKey(entry.Name))
            {
                continue;
            }

            int index = Array.IndexOf(places, (entry.Block, entry.Name));
            Assert.True(index >= 0, $"{entry.Name} is said to work in {entry.Block} and stands in no line here");
            Assert.True(whole != Read(string.Join('\n', Without(lines, index))), $"{entry.Name} in {entry.Block} changes nothing");
        }
    }

    [Fact]
    public void OtherSpelling_InPlaceOfTheFirst_MeansTheSame()
    {
        string whole = ModelText.Of(ConfigReader.Read("f", Everything).Configuration!);
        foreach ((string spelling, string line) in Spellings)
        {
            string text = Everything.Replace($" {line}\n", $" {spelling} {line.Split(' ')[1]}\n", StringComparison.Ordinal);
            Assert.NotEqual(Everything, text);
            Assert.Equal(whole, ModelText.Of(ConfigReader.Read("f", text).Configuration!));
        }
    }

    [Fact]
    public void OldNameOfTrackFile_MeansTheSame() => Assert.Equal(
        Read(Everything), Read(Everything.Replace("\ntrack_file drain", "\nvrrp_track_file drain", StringComparison.Ordinal)));

    [Fact]
    public void Preempt_AfterNopreempt_TakesItBack() =>
        Assert.NotEqual(Read(Everything), Read(Everything.Replace("nopreempt\n", "nopreempt\npreempt\n", StringComparison.Ordinal)));

    [Fact]
    public void CheckerLogAllFailures_HoldsForAllCheckers() =>
        Assert.NotEqual(Read(Everything), Read(Everything.Replace("router_id lb7\n", "router_id lb7\nchecker_log_all_failures\n", StringComparison.Ordinal)));

    private static string Read(string text)
    {
        ConfigResult result = ConfigReader.Read("f", text);
        string codes = string.Join(' ', result.Diagnostics.Where(diagnostic => diagnostic.IsError).Select(diagnostic => diagnostic.Descriptor.Code));
        return result.Configuration is { } configuration ? ModelText.Of(configuration) : codes;
    }

    // The block and the keyword of each line.
    private static (string Block, string Name)[] Places(string[] lines)
    {
        var open = new Stack<string>(["the file"]);
        var places = new (string, string)[lines.Length];
        for (int i = 0; i < lines.Length; i++)
        {
            string[] words = lines[i].Trim().Split(' ');
            string name = words[0] == "#pointsman:" ? $"{words[0]} {words[1]}" : words[0];
            places[i] = (open.Peek(), name);
            if (lines[i].EndsWith('{'))
            {
                open.Push(name);
            }
            else if (name == "}")
            {
                open.Pop();
            }
        }

        return places;
    }

    // A block goes as a whole.
    private static IEnumerable<string> Without(string[] lines, int index)
    {
        int end = index;
        int indent = lines[index].Length - lines[index].TrimStart().Length;
        if (lines[index].EndsWith('{'))
        {
            end = Array.FindIndex(lines, index, line => line.TrimEnd() == new string(' ', indent) + "}");
        }

        return [.. lines[..index], .. lines[(end + 1)..]];
    }
}
