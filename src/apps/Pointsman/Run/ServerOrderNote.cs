using System.Globalization;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Engine;

namespace Pointsman.App.Run;

/// <summary>
/// What an operator has ordered of real servers, a line each, in the run directory: a restart of the daemon must not send
/// clients to a server that was taken out. A restart of the machine does.
/// </summary>
internal sealed class ServerOrderNote(string path)
{
    // A day before what this runtime can tell, so that any time zone's is one.
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds() - 86_400;

    private readonly SortedDictionary<string, ServerOrder> _orders = new(StringComparer.Ordinal);

    /// <summary>What a former run has noted. A line that cannot be read is left out.</summary>
    internal void Read()
    {
        _orders.Clear();
        foreach (string line in NoteFile.Read(path))
        {
            int end = line.IndexOf(" = ", StringComparison.Ordinal);
            if (end > 0 && Parse(line[(end + 3)..]) is { } order)
            {
                _orders[line[..end]] = order;
            }
        }
    }

    internal ServerOrder? Find(ServiceKey service, TransportEndpoint server) => _orders.GetValueOrDefault(Key(service, server));

    /// <param name="order">Null: none any more.</param>
    /// <returns>Why it could not be written down; null: it was.</returns>
    internal string? Set(ServiceKey service, TransportEndpoint server, ServerOrder? order)
    {
        if (order is null)
        {
            _orders.Remove(Key(service, server));
        }
        else
        {
            _orders[Key(service, server)] = order;
        }

        return TryWrite();
    }

    /// <summary>Orders for others than these are forgotten.</summary>
    /// <returns>Why that could not be written down; null: it was, or there was nothing to forget.</returns>
    internal string? Keep(IEnumerable<(ServiceKey Service, TransportEndpoint Server)> servers)
    {
        if (_orders.Count == 0)
        {
            return null;
        }

        HashSet<string> known = [.. servers.Select(one => Key(one.Service, one.Server))];
        List<string> gone = [.. _orders.Keys.Where(key => !known.Contains(key))];
        gone.ForEach(key => _orders.Remove(key));
        return gone.Count > 0 ? TryWrite() : null;
    }

    private string? TryWrite() => NoteFile.TryWrite(path, _orders.Select(entry => $"{entry.Key} = {entry.Value.Words}"));

    /// <summary>The words of an order; null when they are none.</summary>
    internal static ServerOrder? Parse(string words) => words.Split(' ') switch
    {
        ["drain"] => new ServerOrder.Drain(),
        ["drain", "until", var second] when long.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out long until) && until <= LastSecond =>
            DrainUntil(DateTimeOffset.FromUnixTimeSeconds(until)),
        ["disable"] => new ServerOrder.Disable(),
        ["weight", var number] when ushort.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ushort weight) =>
            new ServerOrder.Weight(weight),
        _ => null,
    };

    internal static ServerOrder DrainUntil(DateTimeOffset end) => new ServerOrder.Drain
    {
        End = new ServerOrder.DrainEnd(end.ToUnixTimeSeconds(), end.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)),
    };

    private static string Key(ServiceKey service, TransportEndpoint server) =>
        $"{service.Protocol.LowerCaseName()} {service.Address} {server}";
}
