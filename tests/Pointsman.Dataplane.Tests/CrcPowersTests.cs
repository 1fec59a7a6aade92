using System.Globalization;
using System.Text.RegularExpressions;
using Pointsman.Base;
using Pointsman.Tests;

namespace Pointsman.Dataplane.Tests;

/// <summary>The data path's table for SCTP's checksum, beside the model of it.</summary>
public sealed partial class CrcPowersTests
{
    [Fact]
    public void TableInTheSource_IsWhatTheModelComputes()
    {
        string source = File.ReadAllText(SourceTree.PathOf("bpf", "crc32c.h"));
        int from = source.IndexOf("pm_crc_powers[288] = {", StringComparison.Ordinal);
        string table = source[from..source.IndexOf("};", from, StringComparison.Ordinal)];

        uint[] powers = [.. Constant().Matches(table).Select(match => uint.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];

        Assert.Equal(
            [
                .. Enumerable.Range(0, 256).Select(Crc32c.Power),
                .. Enumerable.Range(0, 16).Select(n => Crc32c.Power(n << 8)),
                .. Enumerable.Range(0, 16).Select(n => Crc32c.Power(n << 12)),
            ],
            powers);
    }

    [GeneratedRegex("0x([0-9a-f]{8})")]
    private static partial Regex Constant();
}
