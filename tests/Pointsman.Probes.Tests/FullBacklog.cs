using System.Net;
using System.Net.Sockets;
using Pointsman.Base;

namespace Pointsman.Probes.Tests;

/// <summary>A listener whose accept queue is full: Linux drops further SYNs, as a hung or filtered server would.</summary>
internal sealed class FullBacklog : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _fillers = [];

    private FullBacklog()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(backlog: 0);
    }

    internal TransportEndpoint Endpoint => TcpProbeTests.EndpointOf(_listener);

    internal static async Task<FullBacklog> StartAsync()
    {
        var backlog = new FullBacklog();
        for (int i = 0; i < 8; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            backlog._fillers.Add(filler);
            using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            try
            {
                await filler.ConnectAsync(backlog._listener.LocalEndPoint!, patience.Token);
            }
            catch (OperationCanceledException)
            {
                return backlog;
            }
        }

        throw new InvalidOperationException("the accept queue did not fill");
    }

    public void Dispose()
    {
        _fillers.ForEach(filler => filler.Dispose());
        _listener.Dispose();
    }
}
