using Pointsman.Balance.Connections;
using Pointsman.Dataplane.Bpf;

namespace Pointsman.Dataplane.Tables;

/// <summary>How long a connection is remembered without a packet, by its state.</summary>
internal static class Timeouts
{
    internal static void WriteDefaults(ref PmSettings settings)
    {
        foreach (TcpState state in Enum.GetValues<TcpState>())
        {
            Set(ref settings, (int)state, ConnectionTimeouts.Default.Of(state));
        }

        foreach (SctpState state in Enum.GetValues<SctpState>())
        {
            Set(ref settings, (int)state, ConnectionTimeouts.Of(state));
        }

        SetUdp(ref settings, ConnectionTimeouts.Default.Udp);
    }

    /// <summary>States that another version, whose settings these were, did not know yet.</summary>
    internal static void FillIn(ref PmSettings settings)
    {
        PmSettings defaults = settings;
        WriteDefaults(ref defaults);
        for (int state = 0; state < PmLimit.States; state++)
        {
            if (settings.TimeoutTicks[state] == 0)
            {
                settings.TimeoutTicks[state] = defaults.TimeoutTicks[state];
            }
        }
    }

    internal static TimeoutSettings Read(in PmSettings settings) => new(
        Time(settings, (int)PmState.TcpEstablished),
        Time(settings, (int)PmState.TcpFinWait),
        Time(settings, (int)PmState.UdpNew));

    /// <summary>
    /// Zero leaves a timeout as it is, as in <c>ipvsadm --set</c>. Connections take it with their next packet.
    /// </summary>
    internal static void Write(ref PmSettings settings, TimeoutSettings timeouts)
    {
        Set(ref settings, (int)PmState.TcpEstablished, timeouts.Tcp);
        Set(ref settings, (int)PmState.TcpFinWait, timeouts.TcpFin);
        SetUdp(ref settings, timeouts.Udp);
    }

    private static void SetUdp(ref PmSettings settings, TimeSpan timeout)
    {
        foreach (UdpState state in Enum.GetValues<UdpState>())
        {
            Set(ref settings, (int)state, timeout);
        }
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
