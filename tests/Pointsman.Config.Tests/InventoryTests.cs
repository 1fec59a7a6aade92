using Pointsman.Config.Grammar;
using Pointsman.Config.Inventory;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>Every keyword of keepalived is known: it works, is accepted with a word on it, or is refused by name.</summary>
public sealed class InventoryTests
{
    [Fact]
    public void EveryKeywordOfKeepalived_IsInTheTable() =>
        Assert.All(KeepalivedNames.All, name => Assert.True(KeywordManual.Find(name).Length > 0, name));

    [Fact]
    public void Rows_StandOnceABlock_AndNotBesideOneThatWorks()
    {
        Assert.Distinct(KeywordManual.Entries.Select(entry => (entry.Block, entry.Name)));
        Assert.All(KeywordInventory.Rows, row => Assert.Contains(row.Name, KeepalivedNames.All.Append("vrrp_track_file")));
        Assert.All(KeywordManual.Entries, entry => Assert.False(string.IsNullOrWhiteSpace(entry.Meaning) || string.IsNullOrWhiteSpace(entry.Here)));
    }

    [Fact]
    public void EveryKeywordOfKeepalived_InTheWrongBlock_IsNotCalledUnknown()
    {
        foreach (string keyword in KeepalivedNames.All)
        {
            string text = $"vrrp_instance A {{\ninterface eth0\nvirtual_router_id 1\n{keyword} x\nvirtual_ipaddress {{\n10.0.0.1\n}}\n}}\n";
            Assert.DoesNotContain(ConfigReader.Read("f", text).Diagnostics, d => d.Descriptor.Code == "PM1002");
        }
    }

    // The blocks that can be read; what stands in a refused block is refused with it.
    public static TheoryData<string> Blocks => [.. Language.Blocks.Select(block => block.Name).Where(name => name != "authentication")];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void EveryRowOfABlock_WrittenThere_IsOneComplaintWithItsReason(string block)
    {
        foreach (KnownKeyword row in KeywordInventory.Rows.Where(row => row.Block == block))
        {
            string line = row.Takes.StartsWith('{') ? $"{row.Name} {{\n}}" : $"{row.Name} {(row.Takes.EndsWith("{ block }", StringComparison.Ordinal) ? "x {\n}" : row.Fate == Fate.Refused ? "x" : Fitting(row.Takes))}";
            ConfigResult result = ConfigReader.Read("f", Around(block, line));
            Diagnostic only = Assert.Single(result.Diagnostics);
            Assert.Equal(row.Fate == Fate.Refused ? "PM1003" : "PM1022", only.Descriptor.Code);
            Assert.Equal(row.Fate == Fate.NoEffect, result.Configuration is not null);
            Assert.Contains(row.Because, $"{only.Message} {only.Label}", StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("global_defs", "vrrp_rt_priorty 50", "did you mean `vrrp_rt_priority`?")]
    [InlineData("global_defs", "lvs_flush_on_sto", "did you mean `lvs_flush_on_stop`? it is not supported yet: what the table holds")]
    [InlineData("vrrp_instance", "vrrp_rx_bufs_policy MTU", "keepalived has it in `global_defs`")]
    [InlineData("vrrp_instance", "router_id x", "it works in `global_defs`")]
    [InlineData("vrrp_instance", "no_email_fault", "did you mean `no_email_faults` of `global_defs`?")]
    [InlineData("global_defs", "regex_optons x", "did you mean `regex_options` of `url`?")]
    public void Slip_InABlock_IsAnsweredFromTheWholeTable(string block, string line, string label) =>
        Assert.Contains(label, Assert.Single(ConfigReader.Read("f", Around(block, line)).Diagnostics).Label, StringComparison.Ordinal);

    [Fact]
    public void Manual_AskedForAName_KnowsEveryBlockOfIt()
    {
        Assert.Equal(["global_defs", "vrrp_sync_group", "vrrp_instance", "virtual_server", "real_server"], KeywordManual.Find("smtp_alert").Select(entry => entry.Block));
        Assert.Equal(Fate.Works, Assert.Single(KeywordManual.Find("virtual_router_id")).Fate);
        Assert.Equal("keepalived after 2.2.7", Assert.Single(KeywordManual.Find("json_version")).Since);
        Assert.Empty(KeywordManual.Find("nonsense"));
        Assert.Equal("virtual_router_id", KeywordManual.Nearest("virtual_routr_id"));
    }

    private static string Fitting(string takes) => takes.Trim('[', ']').Split(';', ' ', ',')[0] switch
    {
        "" => "",
        "on" => "on",
        "number" or "bytes" or "us" or "seconds" or "numbers" => "7",
        "multicast" => "224.0.0.7",
        "never" or "allow_if_changes" => takes.Trim('[', ']'),
        var word when word.Contains("..", StringComparison.Ordinal) => word.Split("..")[0],
        var word when takes.Contains(" or ", StringComparison.Ordinal) => word,
        _ => "x",
    };

    private static string Around(string block, string line)
    {
        string At(string place) => place == block ? $"{line}\n" : "";
        return At("the file")
            + $"global_defs {{\n{At("global_defs")}}}\n"
            + $"vrrp_script s {{\nscript /bin/true\nuser nobody\n{At("vrrp_script")}}}\n"
            + $"bfd_instance N {{\nneighbor_ip 10.0.0.7\n{At("bfd_instance")}}}\n"
            + "vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\ntrack_script {\ns\n}\nvirtual_ipaddress {\n10.0.0.1\n}\n"
            + $"{At("vrrp_instance")}}}\n"
            + "vrrp_instance B {\ninterface eth0\nvirtual_router_id 2\nvirtual_ipaddress {\n10.0.0.9\n}\n}\n"
            + $"vrrp_sync_group G {{\ngroup {{\nA\nB\n}}\n{At("vrrp_sync_group")}}}\n"
            + $"virtual_server 10.0.0.1 80 {{\nlb_algo rr\nlb_kind DR\nprotocol TCP\n{At("virtual_server")}"
            + $"real_server 10.0.0.2 80 {{\n{At("real_server")}TCP_CHECK {{\n{At("TCP_CHECK")}}}\n"
            + $"HTTP_GET {{\n{At("HTTP_GET")}url {{\npath /\n{At("url")}}}\n}}\nSSL_GET {{\n{At("SSL_GET")}url {{\npath /\n}}\n}}\n"
            + $"SMTP_CHECK {{\n{At("SMTP_CHECK")}}}\n}}\n}}\n";
    }
}
