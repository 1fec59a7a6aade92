using System.Collections.Immutable;
using Pointsman.Linux.Network;
using Pointsman.Linux.Timing;

namespace Pointsman.Dataplane.NextHops;

/// <summary>What routers say of the packets of tunnels; the kernel heeds it while this is there.</summary>
/// <param name="poll">Where it is ready when there was an error.</param>
/// <param name="token">By which it is known there.</param>
internal sealed class PathErrors(EventPoll poll, uint token) : IDisposable
{
    private readonly Dictionary<OuterProtocol, PathErrorSocket> _sockets = [];

    internal void Follow(ImmutableHashSet<OuterProtocol> protocols)
    {
        foreach (OuterProtocol over in _sockets.Keys.Where(known => !protocols.Contains(known)).ToList())
        {
            poll.Remove(_sockets[over].Descriptor);
            _sockets.Remove(over, out PathErrorSocket? socket);
            socket!.Dispose();
        }

        foreach (OuterProtocol wanted in protocols.Where(wanted => !_sockets.ContainsKey(wanted)))
        {
            var socket = new PathErrorSocket(wanted.IsV6, wanted.Number);
            _sockets.Add(wanted, socket);
            poll.Add(socket.Descriptor, token);
        }
    }

    internal void Forget()
    {
        foreach (PathErrorSocket socket in _sockets.Values)
        {
            socket.Forget();
        }
    }

    public void Dispose()
    {
        foreach (PathErrorSocket socket in _sockets.Values)
        {
            socket.Dispose();
        }
    }
}
