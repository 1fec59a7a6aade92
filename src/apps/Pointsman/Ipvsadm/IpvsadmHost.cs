using System.Diagnostics;
using Pointsman.Base;

namespace Pointsman.App.Ipvsadm;

/// <summary>What the program asks of the host it runs on, besides the tables.</summary>
/// <param name="Pause">Lets that much time pass; returns how much it really was.</param>
internal sealed record IpvsadmHost(
    Func<IpAddress, string?> NameOf,
    Func<string, IpAddress?> AddressOf,
    ServiceNames Services,
    Func<TimeSpan, TimeSpan> Pause)
{
    internal static IpvsadmHost OfThisProcess()
    {
        var hosts = new HostNames();
        return new IpvsadmHost(hosts.NameOf, hosts.AddressOf, ServiceNames.OfThisHost(), Sleep);
    }

    private static TimeSpan Sleep(TimeSpan span)
    {
        long started = Stopwatch.GetTimestamp();
        Thread.Sleep(span);
        return Stopwatch.GetElapsedTime(started);
    }
}
