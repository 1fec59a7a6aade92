using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>How long a connection is remembered without a packet, by its state.</summary>
internal static class Timeouts
{
    // IPVS's defaults (net/netfilter/ipvs/ip_vs_proto_tcp.c names them), in seconds.
    private static readonly (PmTcpState State, int Seconds)[] s_defaults =
    [
        (PmTcpState.None, 2),
        (PmTcpState.Established, 900),
        (PmTcpState.SynSent, 120),
        (PmTcpState.SynRecv, 60),
        (PmTcpState.FinWait, 120),
        (PmTcpState.TimeWait, 120),
        (PmTcpState.Close, 10),
        (PmTcpState.CloseWait, 60),
        (PmTcpState.LastAck, 30),
        (PmTcpState.Listen, 120),
        (PmTcpState.Synack, 120),
    ];

    private const int UdpSeconds = 300;

    internal static void WriteDefaults(ref PmSettings settings)
    {
        foreach ((PmTcpState state, int seconds) in s_defaults)
        {
            settings.TimeoutTicks[(int)state] = (uint)seconds * settings.TicksPerSecond;
        }

        settings.TimeoutTicks[PmLimit.TimeoutUdp] = UdpSeconds * settings.TicksPerSecond;
    }

    internal static TimeoutSettings Read(in PmSettings settings) => new(
        Time(settings, (int)PmTcpState.Established),
        Time(settings, (int)PmTcpState.FinWait),
        Time(settings, PmLimit.TimeoutUdp));

    /// <summary>Zero leaves a timeout as it is, as in <c>ipvsadm --set</c>. Connections take it with their next packet.</summary>
    internal static void Write(ref PmSettings settings, TimeoutSettings timeouts)
    {
        Set(ref settings, (int)PmTcpState.Established, timeouts.Tcp);
        Set(ref settings, (int)PmTcpState.FinWait, timeouts.TcpFin);
        Set(ref settings, PmLimit.TimeoutUdp, timeouts.Udp);
    }

    private static void Set(ref PmSettings settings, int place, TimeSpan timeout)
    {
        if (timeout > TimeSpan.Zero)
        {
            Volatile.Write(ref settings.TimeoutTicks[place], Clock.ToTicks(timeout, settings.TicksPerSecond));
        }
    }

    private static TimeSpan Time(in PmSettings settings, int place) =>
        Clock.ToTime(settings.TimeoutTicks[place], settings.TicksPerSecond);
}
