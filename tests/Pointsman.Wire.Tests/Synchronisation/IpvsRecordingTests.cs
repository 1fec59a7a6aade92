using System.Globalization;
using Pointsman.Base;
using Pointsman.Tests;
using Pointsman.Wire.Synchronisation;

namespace Pointsman.Wire.Tests.Synchronisation;

/// <summary>
/// Held against the kernel's IPVS: what its master sent is read, byte for byte, and its backup took what we write
/// (scripts/record-sync).
/// </summary>
public sealed class IpvsRecordingTests
{
    private static readonly string s_folder = SourceTree.PathOf("tests", "Pointsman.Wire.Tests", "Recorded");

    private static readonly SyncEntry s_direct = new()
    {
        Protocol = 6, Flags = (SyncFlags)3 | SyncFlags.NoOutput, State = 1, TimeoutSeconds = 900,
        Client = IpAddress.Parse("198.51.100.11"), ClientPort = 41001, Virtual = IpAddress.Parse("10.0.0.1"), VirtualPort = 80,
        Server = IpAddress.Parse("10.0.1.1"), ServerPort = 80,
    };

    // One message of each kind of entry, and one of several.
    private static readonly SyncEntry[][] s_ours =
    [
        [s_direct],
        [
            s_direct with { ClientPort = 41002, State = 4, TimeoutSeconds = 77, Flags = s_direct.Flags | SyncFlags.Inactive, Server = IpAddress.Parse("10.0.1.2") },
            s_direct with { Protocol = 17, ClientPort = 41003, VirtualPort = 53, Server = IpAddress.Parse("10.0.1.2"), ServerPort = 5353, State = 0, Flags = SyncFlags.Inactive, TimeoutSeconds = 200 },
            s_direct with { ClientPort = 0, VirtualPort = 443, ServerPort = 443, State = 1, Flags = s_direct.Flags | SyncFlags.Template | SyncFlags.Inactive, TimeoutSeconds = 250 },
        ],
        [
            s_direct with
            {
                Client = IpAddress.Parse("2001:db8:9::5"), ClientPort = 41004, Virtual = IpAddress.Parse("2001:db8::1"), Server = IpAddress.Parse("2001:db8::101"),
                TimeoutSeconds = 600,
            },
        ],
        [],
    ];

    [Fact]
    public void OurMessages_AreThoseThatWereRecorded()
    {
        string[] lines = [.. s_ours.Select(Written)];
        GoldenFile.Check(Path.Combine(s_folder, "ours"), string.Join('\n', lines) + "\n");
    }

    [Fact]
    public void BackupOfIpvs_TookAllOfThem()
    {
        string listing = File.ReadAllText(Path.Combine(s_folder, "taken.recorded"));
        Assert.Matches(@"TCP 14:5\d +ESTABLISHED 198.51.100.11:41001 +10.0.0.1:80 +10.0.1.1:80", listing);
        Assert.Matches(@"TCP 01:1\d +FIN_WAIT +198.51.100.11:41002 +10.0.0.1:80 +10.0.1.2:80", listing);
        Assert.Matches(@"UDP 03:1\d +UDP +198.51.100.11:41003 +10.0.0.1:53 +10.0.1.2:5353", listing);
        Assert.Matches(@"TCP 04:0\d +ASSURED +198.51.100.11:0 +10.0.0.1:443 +10.0.1.1:443", listing);
        Assert.Matches(@"TCP 09:5\d +ESTABLISHED \[2001:db8:9::5\]:41004 +\[2001:db8::1\]:80 +\[2001:db8::101\]:80", listing);
        Assert.Equal(5, listing.Split('\n').Count(line => line.Contains(" SYNC ", StringComparison.Ordinal)));

        // Counted at their servers, beside one of the machine's own each.
        Assert.Matches(@"-> 10.0.1.1:80 +Route +1 +1 +1 ", listing);
        Assert.Matches(@"-> 10.0.1.2:80 +Route +1 +1 +1 ", listing);
        Assert.Matches(@"-> 10.0.1.2:5353 +Masq +1 +0 +2 ", listing);
    }

    [Fact]
    public void MasterOfIpvs_IsRead_AndWouldBeWrittenAlike()
    {
        var seen = new List<SyncEntry>();
        foreach (string line in File.ReadLines(Path.Combine(s_folder, "sent.recorded")).Where(line => line.StartsWith("message ", StringComparison.Ordinal)))
        {
            byte[] bytes = Convert.FromHexString(line["message ".Length..]);
            var entries = new List<SyncEntry>();
            Assert.Equal(SyncParseError.None, SyncMessage.TryParse(bytes, entries, out SyncHeader header));
            Assert.Equal((1, 7, entries.Count), (header.Version, header.SyncId, header.Count));
            Assert.Equal(line["message ".Length..], Written(entries, header.SyncId));
            seen.AddRange(entries);
        }

        Assert.Contains("TCP 198.51.100.1:40000 -> 10.0.0.1:80 state 1", seen.Select(Told));
        Assert.Contains("TCP 198.51.100.2:40001 -> 10.0.0.1:80 state 4", seen.Select(Told));
        Assert.Contains("UDP 198.51.100.4:40003 -> 10.0.0.1:53 state 0", seen.Select(Told));
        SyncEntry template = seen.Last(entry => entry.IsTemplate);
        Assert.Equal(("198.51.100.3", 0, "10.0.0.1", 443, 300u), (template.Client.ToString(), template.ClientPort, template.Virtual.ToString(), template.VirtualPort, template.TimeoutSeconds));
        SyncEntry open = seen.First(entry => entry.ClientPort == 40000);
        Assert.Equal((SyncFlags)3 | SyncFlags.NoOutput, open.Flags & (SyncFlags.MethodMask | SyncFlags.NoOutput | SyncFlags.Inactive));
        Assert.Equal(900u, open.TimeoutSeconds);
    }

    private static string Told(SyncEntry entry) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(entry.Protocol == 17 ? "UDP" : "TCP")} {entry.Client}:{entry.ClientPort} -> {entry.Virtual}:{entry.VirtualPort} state {entry.State}");

    private static string Written(IReadOnlyList<SyncEntry> entries) => Written(entries, 7);

    private static string Written(IReadOnlyList<SyncEntry> entries, byte syncId)
    {
        var writer = new SyncMessageWriter(syncId, 1472);
        Assert.All(entries, entry => Assert.True(writer.TryAdd(entry)));
        return Convert.ToHexStringLower(writer.Finish());
    }
}
