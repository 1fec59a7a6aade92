using System.Text.RegularExpressions;
using Pointsman.Config.Inventory;
using Pointsman.Tests;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>`docs/ipvs-sysctls.md` has each sysctl of IPVS, and names settings that there are.</summary>
public sealed partial class SysctlPageTests
{
    // Linux 6.1's net.ipv4.vs, and what came later.
    private const string All = """
        am_droprate amemthresh backup_only cache_bypass conn_reuse_mode conntrack drop_entry drop_packet expire_nodest_conn expire_quiescent_template
        ignore_tunneled lblc_expiration lblcr_expiration nat_icmp_send pmtu_disc run_estimation schedule_icmp secure_tcp sloppy_sctp sloppy_tcp
        snat_reroute est_cpulist est_nice conn_lfactor svc_lfactor
        """;

    private static string[] Rows { get; } =
        [.. File.ReadLines(SourceTree.PathOf("docs", "ipvs-sysctls.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal))];

    [Fact]
    public void EachSysctl_HasARow() => Assert.Empty(
        All.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Except(Rows.SelectMany(row => Code().Matches(row.Split(" | ")[0]).Select(match => match.Groups[1].Value))));

    [Fact]
    public void EachSettingThatARowNames_Works()
    {
        string[] named = [.. Rows.SelectMany(row => Setting().Matches(row)).Select(match => match.Groups[1].Value)];
        Assert.True(named.Length > 3, "settings are named otherwise now");
        Assert.Empty(named.Except(KeywordManual.Entries.Where(entry => entry is { Block: "virtual_server" or "global_defs", Fate: Fate.Works }).Select(entry => entry.Name)));
    }

    [GeneratedRegex("`([a-z_*]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("`(#pointsman: [a-z_]+)")]
    private static partial Regex Setting();
}
