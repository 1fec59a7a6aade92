using Pointsman.Health;

namespace Pointsman.Engine.Notifications;

/// <summary>What keepalived's mails say of a check that turned, by which operators' filters know them.</summary>
internal static class CheckWording
{
    public static string Of(HealthAction.CheckChanged change) => (change.Method, change.IsUp) switch
    {
        (CheckMethod.Tcp, true) => "TCP CHECK succeed on service",
        (CheckMethod.Tcp, false) => "TCP CHECK failed on service",
        (CheckMethod.Udp, true) => "UDP CHECK succeed on service",
        (CheckMethod.Udp, false) => "UDP CHECK failed on service",
        (CheckMethod.Ping, true) => "ICMP CHECK succeed on service",
        (CheckMethod.Ping, false) => "ICMP CHECK failed on service",
        (CheckMethod.Dns, true) => "DNS_CHECK: succeed on service",
        (CheckMethod.Dns, false) => "DNS_CHECK: failed on service",
        (CheckMethod.Script, true) => "MISC CHECK succeeded on service",
        (CheckMethod.Script, false) => "MISC CHECK failed on service",
        (CheckMethod.Path path, true) => $"BFD CHECK {path.Name} succeeded on service",
        (CheckMethod.Path path, false) => $"BFD CHECK {path.Name} failed on service",
        (CheckMethod.Http, false) => "CHECK failed on service : HTTP request failed",
        (_, true) => "CHECK succeed on service",
        (_, false) => $"CHECK failed on service : {change.Reason}",
    };
}
