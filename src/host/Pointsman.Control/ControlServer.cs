using System.Net.Sockets;
using Pointsman.Linux.Processes;

namespace Pointsman.Control;

/* The daemon's side of the control socket.

   Whoever starts it owns it and disposes it. Everything here runs on the thread pool and touches nothing of the engine:
   the handler posts to the engine's channel and awaits the answer.

   Only root (and the daemon's own user) is let in, twice: the socket's mode is 0600 before it listens, and the kernel is
   asked who connected. What remains is a bound on everything a client can do: how many, how much, how slowly. */

/// <summary>Serves one JSON line in, one JSON line out, to root.</summary>
public sealed class ControlServer : IAsyncDisposable
{
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly string _path;
    private readonly ControlHandler _handler;
    private readonly ControlLimits _limits;
    private readonly Action<Exception> _onFault;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _clients;

    private ControlServer(Socket listener, string path, ControlHandler handler, Action<Exception> onFault, ControlLimits limits)
    {
        _listener = listener;
        _path = path;
        _handler = handler;
        _onFault = onFault;
        _limits = limits;
        _accepting = AcceptAsync();
    }

    /// <param name="path">Its directory is created if need be; a socket left behind by a dead daemon is replaced.</param>
    /// <param name="handler">Answers requests.</param>
    /// <param name="onFault">Told of a handler that threw; the client has been answered already.</param>
    /// <exception cref="ControlSocketException">The socket cannot be had; the message says why and what to do.</exception>
    public static ControlServer Start(
        string path, ControlHandler handler, Action<Exception> onFault, ControlLimits? limits = null) =>
        new(ControlListener.Open(path), path, handler, onFault, limits ?? new ControlLimits());

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        File.Delete(_path);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket client = await _listener.AcceptAsync(_stop.Token);
                _ = ServeAsync(client);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // Out of descriptors, or the client left before it was accepted: neither ends the server.
                await Task.Delay(AcceptPause, CancellationToken.None);
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var client = new ControlConnection(socket, _limits, _stop.Token);
        bool hasPlace = Interlocked.Increment(ref _clients) <= _limits.Clients;
        try
        {
            ControlReply reply = hasPlace
                ? await AnswerAsync(client)
                : ControlReply.Error(ControlError.Busy, "too many clients are being served; try again");
            await client.SendAsync(reply.Line);
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException)
        {
            // The client hung up, dawdled, or the daemon is stopping: there is nobody left to tell.
        }
        finally
        {
            Interlocked.Decrement(ref _clients);
        }
    }

    private async Task<ControlReply> AnswerAsync(ControlConnection client)
    {
        if (!IsAllowed(client.Credentials))
        {
            return ControlReply.Error(ControlError.Forbidden, "only root may ask");
        }

        (ControlRequest? request, ControlReply? refusal) = await client.ReceiveAsync();
        if (request is null)
        {
            return refusal!;
        }

        try
        {
            return await _handler(request, _stop.Token);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            _onFault(fault);
            return ControlReply.Error(ControlError.Failed, $"'{request.Verb}' failed inside the daemon; its log says more");
        }
    }

    private static bool IsAllowed(PeerCredentials peer) => peer.UserId == 0 || peer.UserId == PeerCredentials.OwnUserId;
}
