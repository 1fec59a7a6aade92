using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Pointsman.Base;

namespace Pointsman.App.Ipvsadm;

/// <summary>
/// Host names, asked of the host's resolver. All questions of one listing share one budget: when the name servers are
/// the thing that is down, the listing still comes, in numbers.
/// </summary>
internal sealed class HostNames
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);

    private readonly Dictionary<IpAddress, string?> _known = [];
    private TimeSpan _left = Budget;

    /// <summary>Null: it has none, or there was no time to ask.</summary>
    internal string? NameOf(IpAddress address)
    {
        if (!_known.TryGetValue(address, out string? name))
        {
            name = Ask(() => Dns.GetHostEntryAsync(address.ToNet()))?.HostName;
            _known.Add(address, name);
        }

        return name;
    }

    internal IpAddress? AddressOf(string name)
    {
        IPAddress? first = Ask(() => Dns.GetHostAddressesAsync(name, AddressFamily.InterNetwork))?.FirstOrDefault();
        return first is null ? null : IpAddress.FromBytes(first.GetAddressBytes());
    }

    private T? Ask<T>(Func<Task<T>> question)
        where T : class
    {
        if (_left <= TimeSpan.Zero)
        {
            return null;
        }

        long started = Stopwatch.GetTimestamp();
        try
        {
            Task<T> answer = question();
            return answer.Wait(_left) ? answer.Result : null;
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException or AggregateException
        {
            InnerException: SocketException or ArgumentException,
        })
        {
            return null;
        }
        finally
        {
            _left -= Stopwatch.GetElapsedTime(started);
        }
    }
}
