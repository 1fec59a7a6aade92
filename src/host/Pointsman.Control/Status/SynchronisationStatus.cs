using System.Collections.Immutable;
using System.Globalization;

namespace Pointsman.Control.Status;

/// <summary>A synchronisation daemon, which tells the other directors of connections or takes theirs.</summary>
public sealed record SynchronisationStatus
{
    /// <summary><c>master</c> or <c>backup</c>.</summary>
    public string Role { get; init; } = "";

    public string Interface { get; init; } = "";

    public int SyncId { get; init; }

    public int MaxLengthBytes { get; init; }

    public string Group { get; init; } = "";

    public int Port { get; init; }

    public int TimeToLive { get; init; }

    /// <summary>Why it runs: <c>configured</c>, <c>VRRP instance NAME</c>, <c>by hand</c>.</summary>
    public string Why { get; init; } = "";

    /// <summary>There is a data path.</summary>
    public bool HasConnections { get; init; }

    /// <summary>Sent by a master, heard by a backup.</summary>
    public long Messages { get; init; }

    public long Entries { get; init; }

    /// <summary>How often a master has told all it has at once.</summary>
    public long FullRounds { get; init; }

    /// <summary>Connections that are not told of, each time: their server is of the other address family, or sees them by full NAT.</summary>
    public long Unsendable { get; init; }

    public long SendFailures { get; init; }

    public string? LastError { get; init; }

    /// <summary>Entries that a backup has for being told.</summary>
    public long Taken { get; init; }

    public long Updated { get; init; }

    public long Unchanged { get; init; }

    /// <summary>Entries not taken, by reason.</summary>
    public ImmutableSortedDictionary<string, long> Refused { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>Messages of which the rest could not be read, by reason.</summary>
    public ImmutableSortedDictionary<string, long> Malformed { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    public long OtherSyncId { get; init; }

    /// <summary>Lines for people.</summary>
    internal IEnumerable<string> Text(StatusInk ink)
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"synchronisation {ink.Strong(Role)} ({Why})  {Interface}  sync id {SyncId}  {Group} port {Port} ttl {TimeToLive}  at most {MaxLengthBytes} bytes");
        if (!HasConnections)
        {
            yield return "  nothing is balanced here: there are no connections to tell of or to take";
        }
        else if (Role == "master")
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"  sent      {Messages} messages  {Entries} entries  all at once {FullRounds} times{Some("not told", Unsendable)}");
        }
        else
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"  received  {Messages} messages  {Entries} entries: {Taken} new, {Updated} moved on, {Unchanged} known{Some("messages of another sync id", OtherSyncId)}");
        }

        if (Refused.Count > 0)
        {
            yield return $"  refused   {Counts(Refused)}";
        }

        if (Malformed.Count > 0)
        {
            yield return $"  {ink.Warn("malformed")} {Counts(Malformed)}";
        }

        if (LastError is not null)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  {ink.Bad("FAILING")}   {LastError}; {SendFailures} messages were not sent");
        }
    }

    private static string Counts(ImmutableSortedDictionary<string, long> counts) =>
        string.Join("  ", counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Key} {count.Value}")));

    private static string Some(string what, long count) => count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"  {what} {count}");
}
