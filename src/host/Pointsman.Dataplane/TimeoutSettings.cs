namespace Pointsman.Dataplane;

/// <summary>What <c>ipvsadm --set</c> sets.</summary>
/// <param name="Tcp">An established connection without a packet.</param>
/// <param name="TcpFin">One that its client has closed.</param>
/// <param name="Udp">Of datagrams.</param>
public sealed record TimeoutSettings(TimeSpan Tcp, TimeSpan TcpFin, TimeSpan Udp);
