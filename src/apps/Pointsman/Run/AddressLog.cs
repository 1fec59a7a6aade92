using Pointsman.Linux;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;

namespace Pointsman.App.Run;

/// <summary>
/// Tells each address that comes or goes on this host, in keepalived's words (<c>--address-monitoring</c>). A thread of its
/// own, so that nothing waits for it.
/// </summary>
internal sealed class AddressLog : IDisposable
{
    private const uint MonitorToken = 1;
    private const uint StopToken = 2;

    private readonly Action<string> _tell;
    private readonly NetworkMonitor _monitor = new(NetworkTopics.Links | NetworkTopics.Addresses);
    private readonly RouteClient _routes = new();
    private readonly Dictionary<int, string> _names = [];
    private readonly WakeEvent _stop = new();
    private readonly Thread _thread;

    internal AddressLog(Action<string> tell)
    {
        _tell = tell;
        _thread = new Thread(Run) { IsBackground = true, Name = "addresses" };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop.Signal();
        _thread.Join();
        _monitor.Dispose();
        _routes.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        try
        {
            Follow();
        }
        catch (ErrnoException broken)
        {
            // Nothing else depends on it.
            _tell($"Addresses are not monitored any more: {broken.Message}");
        }
    }

    private void Follow()
    {
        using var poll = new EventPoll();
        poll.Add(_monitor.Descriptor, MonitorToken);
        poll.Add(_stop.Descriptor, StopToken);
        TellAll();
        var changes = new List<NetworkEvent>();
        while (true)
        {
            int readyCount = poll.Wait(timeoutMs: -1);
            for (int i = 0; i < readyCount; i++)
            {
                if (poll.Ready(i).Token == StopToken)
                {
                    return;
                }
            }

            changes.Clear();
            _monitor.Receive(changes);
            changes.ForEach(Tell);
        }
    }

    private void TellAll()
    {
        foreach (NetworkLink link in _routes.Links())
        {
            _names[link.Index] = link.Name;
            foreach (InterfaceAddress address in _routes.Addresses(link.Index))
            {
                Tell(new NetworkEvent.AddressAdded(address));
            }
        }
    }

    private void Tell(NetworkEvent change)
    {
        switch (change)
        {
            case NetworkEvent.LinkChanged { Link: var link }:
                _names[link.Index] = link.Name;
                break;
            case NetworkEvent.AddressAdded { Address: var added }:
                _tell($"Netlink reflector reports IP {added.Prefix.Address} added to {NameOf(added.InterfaceIndex)}");
                break;
            case NetworkEvent.AddressRemoved { Address: var removed }:
                _tell($"Netlink reflector reports IP {removed.Prefix.Address} removed from {NameOf(removed.InterfaceIndex)}");
                break;
            case NetworkEvent.Resync:
                _tell("Netlink messages about addresses were lost");
                break;
            default:
                break;
        }
    }

    private string NameOf(int index) => _names.TryGetValue(index, out string? name) ? name : $"interface {index}";
}
