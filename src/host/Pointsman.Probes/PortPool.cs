using System.Collections.Concurrent;
using System.Globalization;
using Pointsman.Base;

namespace Pointsman.Probes;

/// <summary>
/// The ports of this host for outgoing connections, each given to one probe at a time. A target gets one after the other, so
/// that none meets its own last connections, which the kernel remembers for a minute. Any thread may call.
/// </summary>
internal sealed class PortPool
{
    private readonly ConcurrentDictionary<ushort, byte> _taken = [];
    private readonly ConcurrentDictionary<TransportEndpoint, int> _next = [];
    private readonly HashSet<ushort> _reserved;
    private readonly int _first;
    private readonly int _count;

    /// <param name="range">As in /proc/sys/net/ipv4/ip_local_port_range: first and last.</param>
    /// <param name="reserved">As in ip_local_reserved_ports: "8080,9148-9150".</param>
    internal PortPool(string range, string reserved)
    {
        int[] ends = [.. range.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Number)];
        (_first, _count) = (ends[0], ends[1] - ends[0] + 1);
        _reserved = [.. reserved.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(Ports)];
    }

    internal static PortPool Shared { get; } = new(
        File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range"),
        File.ReadAllText("/proc/sys/net/ipv4/ip_local_reserved_ports"));

    internal ushort Take(TransportEndpoint target)
    {
        // Bounded: whoever has all ports in use gets one twice, and a wrong answer at worst.
        for (int attempt = 0; ; attempt++)
        {
            int at = _next.AddOrUpdate(target, _ => Random.Shared.Next(_count), (_, last) => (last + 1) % _count);
            var port = (ushort)(_first + at);
            if (!_reserved.Contains(port) && (_taken.TryAdd(port, 0) || attempt > _count))
            {
                return port;
            }
        }
    }

    internal void Return(ushort port) => _taken.TryRemove(port, out _);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static IEnumerable<ushort> Ports(string part)
    {
        int[] ends = [.. part.Split('-').Select(Number)];
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1).Select(port => (ushort)port);
    }
}
