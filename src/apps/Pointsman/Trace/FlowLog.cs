using System.Globalization;
using Pointsman.App.Run;
using Pointsman.Dataplane;

namespace Pointsman.App.Trace;

/// <summary>What became of a client's connections from one look at the table to the next.</summary>
internal sealed class FlowLog(EndpointPattern client)
{
    private Dictionary<string, ConnectionEntry> _known = [];

    /// <summary>Of the first look: all there are.</summary>
    internal IReadOnlyList<FlowChange> Look(IReadOnlyList<ConnectionEntry> entries)
    {
        var now = new Dictionary<string, ConnectionEntry>();
        foreach (ConnectionEntry entry in entries.Where(entry => !entry.IsTemplate && client.Fits(entry.Client)))
        {
            now[$"{entry.Protocol} {entry.Client} {entry.Virtual}"] = entry;
        }

        var changes = new List<FlowChange>();
        foreach ((string name, ConnectionEntry entry) in now)
        {
            ConnectionEntry? before = _known.GetValueOrDefault(name);
            if (before is null)
            {
                changes.Add(Change(entry, $"new, {entry.State}"));
            }
            else if (before.Server != entry.Server)
            {
                changes.Add(Change(entry, $"moved from {before.Server}, {entry.State}"));
            }
            else if (before.State != entry.State)
            {
                changes.Add(Change(entry, $"{before.State} -> {entry.State}"));
            }
        }

        changes.AddRange(_known.Where(pair => !now.ContainsKey(pair.Key)).Select(pair => Change(pair.Value, $"over, was {pair.Value.State}")));
        _known = now;
        return changes;
    }

    private static FlowChange Change(ConnectionEntry entry, string what) =>
        new(entry.Protocol.ToString().ToLowerInvariant(), entry.Client.ToString(), entry.Virtual.ToString(), entry.Server.ToString(), what);
}

/// <param name="What">new, over, moved, or the states from and to.</param>
internal sealed record FlowChange(string Protocol, string Client, string Virtual, string Server, string What)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Protocol} {Client} -> {Virtual} -> {Server}: {What}");
}
