namespace Pointsman.App.Ipvsadm;

/// <summary>How long an idle connection is remembered, in the three groups that <c>--timeout</c> prints.</summary>
internal readonly record struct IpvsTimeouts(TimeSpan Tcp, TimeSpan TcpFin, TimeSpan Udp)
{
    /// <summary>IPVS starts with these.</summary>
    internal static IpvsTimeouts Default { get; } =
        new(TimeSpan.FromSeconds(900), TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(300));
}
