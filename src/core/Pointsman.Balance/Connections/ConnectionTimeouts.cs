using System.Diagnostics;
using Pointsman.Base;

namespace Pointsman.Balance.Connections;

/// <summary>
/// How long a connection is kept after its client's last packet, by state. Three can be set
/// (<c>ipvsadm --set TCP TCPFIN UDP</c>, <c>lvs_timeouts</c>), the others are IPVS's for good.
/// </summary>
public sealed record ConnectionTimeouts
{
    private ConnectionTimeouts(TimeSpan established, TimeSpan finWait, TimeSpan udp)
    {
        Established = established;
        FinWait = finWait;
        Udp = udp;
    }

    public static ConnectionTimeouts Default { get; } = new(
        TimeSpan.FromSeconds(900), TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(300));

    public TimeSpan Established { get; }

    public TimeSpan FinWait { get; }

    public TimeSpan Udp { get; }

    public TimeSpan Of(TcpState state) => state switch
    {
        TcpState.None => TimeSpan.FromSeconds(2),
        TcpState.Established => Established,
        TcpState.SynSent => TimeSpan.FromSeconds(120),
        TcpState.SynReceived => TimeSpan.FromSeconds(60),
        TcpState.FinWait => FinWait,
        TcpState.TimeWait => TimeSpan.FromSeconds(120),
        TcpState.Close => TimeSpan.FromSeconds(10),
        TcpState.CloseWait => TimeSpan.FromSeconds(60),
        TcpState.LastAck => TimeSpan.FromSeconds(30),
        TcpState.Listen => TimeSpan.FromSeconds(120),
        TcpState.SynAck => TimeSpan.FromSeconds(120),
        _ => throw new UnreachableException(),
    };

    /// <summary>None of these can be set.</summary>
    public static TimeSpan Of(SctpState state) => state switch
    {
        SctpState.None => TimeSpan.FromSeconds(2),
        SctpState.Init1 or SctpState.Rejected => TimeSpan.FromSeconds(4),
        SctpState.Established => TimeSpan.FromSeconds(900),
        _ => TimeSpan.FromSeconds(61),
    };

    /// <summary>
    /// The longest that can be set: a deadline lies at most half the range of the packets' 32-bit clock ahead, and
    /// IPVS refuses more for the same reason.
    /// </summary>
    public static int MaxSeconds(int ticksPerSecond)
    {
        Invariant.That(ticksPerSecond > 0, "ticksPerSecond > 0");
        return int.MaxValue / ticksPerSecond;
    }

    /// <summary>Zero leaves a value as it is; null when one is below zero or above <see cref="MaxSeconds"/>.</summary>
    public ConnectionTimeouts? TryWith(int tcpSeconds, int tcpFinSeconds, int udpSeconds, int ticksPerSecond)
    {
        int maxSeconds = MaxSeconds(ticksPerSecond);
        if (!IsIn(tcpSeconds) || !IsIn(tcpFinSeconds) || !IsIn(udpSeconds))
        {
            return null;
        }

        return new ConnectionTimeouts(
            Or(tcpSeconds, Established), Or(tcpFinSeconds, FinWait), Or(udpSeconds, Udp));

        bool IsIn(int seconds) => seconds >= 0 && seconds <= maxSeconds;

        static TimeSpan Or(int seconds, TimeSpan before) => seconds == 0 ? before : TimeSpan.FromSeconds(seconds);
    }
}
