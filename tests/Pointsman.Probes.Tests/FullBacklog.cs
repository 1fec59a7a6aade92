using System.Net.Sockets;

namespace Pointsman.Probes.Tests;

/// <summary>Fills a listener's accept queue: Linux then drops further SYNs, as a hung or filtered server would.</summary>
internal sealed class FullBacklog : IDisposable
{
    private readonly List<Socket> _fillers = [];

    internal static async Task<FullBacklog> FillAsync(Socket listener)
    {
        var backlog = new FullBacklog();
        for (int i = 0; i < 8; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            backlog._fillers.Add(filler);
            using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            try
            {
                await filler.ConnectAsync(listener.LocalEndPoint!, patience.Token);
            }
            catch (OperationCanceledException)
            {
                return backlog;
            }
        }

        throw new InvalidOperationException("the accept queue did not fill");
    }

    public void Dispose() => _fillers.ForEach(filler => filler.Dispose());
}
