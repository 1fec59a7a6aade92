namespace Pointsman.Config.Model;

/// <summary><c>lvs_timeouts</c>: how long idle connections are remembered. Null: as they are.</summary>
public sealed record LvsTimeoutsConfig(TimeSpan? Tcp, TimeSpan? TcpFin, TimeSpan? Udp)
{
    /// <summary>As it is typed.</summary>
    public IEnumerable<string> Words => new[] { ("tcp", Tcp), ("tcpfin", TcpFin), ("udp", Udp) }
        .Where(part => part.Item2 is not null)
        .SelectMany(part => (string[])[part.Item1, part.Item2!.Value.TotalSeconds.ToString("0", System.Globalization.CultureInfo.InvariantCulture)]);
}
