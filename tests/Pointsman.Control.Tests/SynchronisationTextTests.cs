using System.Collections.Immutable;
using Pointsman.Control.Status;

namespace Pointsman.Control.Tests;

/// <summary>What `status` says of the daemons that synchronise connections.</summary>
public sealed class SynchronisationTextTests
{
    private static readonly SynchronisationStatus s_master = new()
    {
        Role = "master", Why = "VRRP instance VI_1", Interface = "eth1", SyncId = 51, Group = "224.0.0.81", Port = 8848, TimeToLive = 1,
        MaxLengthBytes = 1472, HasConnections = true, Messages = 211, Entries = 1022, FullRounds = 1,
    };

    [Fact]
    public void Master_TellsWhatItSent() => Assert.Equal(
        """

        synchronisation master (VRRP instance VI_1)  eth1  sync id 51  224.0.0.81 port 8848 ttl 1  at most 1472 bytes
          sent      211 messages  1022 entries  all at once 1 times

        """,
        Text(s_master));

    [Fact]
    public void MasterThatKeepsSomeToItself_CountsThem() => Assert.Contains(
        "  all at once 1 times  not told 7\n", Text(s_master with { Unsendable = 7 }), StringComparison.Ordinal);

    [Fact]
    public void MasterThatCannotSend_SaysWhy() => Assert.EndsWith(
        "  FAILING   Network is unreachable; 3 messages were not sent\n",
        Text(s_master with { LastError = "Network is unreachable", SendFailures = 3 }),
        StringComparison.Ordinal);

    [Fact]
    public void Backup_TellsWhatItTook_AndWhyNot() => Assert.EndsWith(
        """
          received  210 messages  1020 entries: 540 new, 410 moved on, 68 known  messages of another sync id 4
          refused   no-server 2
          malformed size 1

        """,
        Text(s_master with
        {
            Role = "backup", Messages = 210, Entries = 1020, Taken = 540, Updated = 410, Unchanged = 68, OtherSyncId = 4,
            Refused = ImmutableSortedDictionary<string, long>.Empty.Add("no-server", 2),
            Malformed = ImmutableSortedDictionary<string, long>.Empty.Add("size", 1),
        }),
        StringComparison.Ordinal);

    [Fact]
    public void NothingIsBalanced_IsSaid() => Assert.Contains(
        "nothing is balanced here", Text(s_master with { HasConnections = false }), StringComparison.Ordinal);

    private static string Text(SynchronisationStatus daemon)
    {
        var text = new StringWriter();
        StatusText.Write(new NodeStatus { RouterId = "lb1", Synchronisation = [daemon] }, text, colour: false);
        return string.Concat(text.ToString().ReplaceLineEndings("\n").Split('\n').Skip(2).Select(line => line + "\n"))[..^1];
    }
}
