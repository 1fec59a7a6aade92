using Pointsman.Balance;
using Pointsman.Dataplane;
using Pointsman.Linux;

namespace Pointsman.App.Ipvsadm;

/// <summary>Reads what is pinned, with or without a daemon, and tells it in IPVS's words.</summary>
internal static class DataplaneTables
{
    /// <summary>Null when no data path is pinned there.</summary>
    /// <exception cref="IpvsTablesException">It may be there but cannot be read.</exception>
    internal static IpvsTables? Read(string pinDirectory)
    {
        // To anyone else the directory looks empty, which would be taken for an empty table.
        if (!Environment.IsPrivilegedProcess)
        {
            throw new IpvsTablesException("Permission denied (you must be root)");
        }

        return Open(pinDirectory, reader =>
        {
            reader.CatchUp();
            return Translate(reader.ReadSnapshot(), reader.Timeouts, ReadConnections(pinDirectory));
        });
    }

    internal static IpvsTables Translate(
        DataplaneSnapshot snapshot, TimeoutSettings timeouts, IEnumerable<IpvsConnection> connections) => new(
            snapshot.Capacity,
            [.. snapshot.Services.Select(Translate)],
            connections,
            new IpvsTimeouts(timeouts.Tcp, timeouts.TcpFin, timeouts.Udp));

    internal static IpvsConnection Translate(ConnectionEntry entry) =>
        new(entry.Protocol, entry.ExpiresIn, entry.State, entry.Client, entry.Virtual, entry.Server) { CallId = entry.CallId };

    private static IpvsService Translate(ServiceSnapshot service) => new(
        service.Key,
        service.Scheduler.ToString().ToLowerInvariant(),
        service.Persistence is TimeSpan timeout
            ? new IpvsPersistence(timeout, service.PersistencePrefixLength) { Gaps = service.PersistenceGaps }
            : null,
        Translate(service.Totals),
        [.. service.Servers.Where(server => server.IsUp).Select(Translate)])
    {
        Flags = service.Flags,
    };

    private static IpvsServer Translate(ServerSnapshot server) => new(
        server.Address,
        server.Method,
        server.Weight,
        server.Active,
        server.Inactive,
        server.PersistentConnections,
        Translate(server.Counters))
    {
        Tunnel = server.Tunnel,
        TunnelPort = server.TunnelPort,
        TunnelChecksum = server.TunnelChecksum,
        UpperThreshold = server.UpperThreshold,
        LowerThreshold = server.LowerThreshold,
    };

    private static IpvsCounters Translate(Counters counters) => new(
        (ulong)counters.Connections,
        (ulong)counters.PacketsIn,
        (ulong)counters.PacketsOut,
        (ulong)counters.BytesIn,
        (ulong)counters.BytesOut);

    // Only -c asks for them, so they are read when it does.
    private static IEnumerable<IpvsConnection> ReadConnections(string pinDirectory)
    {
        foreach (ConnectionEntry entry in Open(pinDirectory, reader => reader.ReadConnections()) ?? [])
        {
            yield return Translate(entry);
        }
    }

    private static T? Open<T>(string pinDirectory, Func<XdpDataplaneReader, T> read)
        where T : class
    {
        try
        {
            using XdpDataplaneReader? reader = XdpDataplaneReader.TryOpen(pinDirectory);
            return reader is null ? null : read(reader);
        }
        catch (Exception cannot) when (cannot is ErrnoException or DataplaneException or InvalidDataException)
        {
            throw new IpvsTablesException(cannot.Message, cannot);
        }
    }
}
