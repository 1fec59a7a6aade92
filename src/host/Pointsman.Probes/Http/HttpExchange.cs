using System.Net.Sockets;
using System.Security.Authentication;
using Pointsman.Health;

namespace Pointsman.Probes.Http;

/// <summary>Asks for one page and reads the whole answer, from the connection to its end.</summary>
internal sealed class HttpExchange : IDisposable
{
    private readonly ProbeRequest _request;
    private readonly CheckMethod.Http _method;
    private readonly HttpPage _page;
    private readonly Patience _patience;
    private EndNoticingStream? _wire;
    private string _awaited = "";

    internal HttpExchange(ProbeRequest request, CheckMethod.Http method, HttpAnswer answer, CancellationToken stop)
    {
        _request = request;
        _method = method;
        _page = method.Pages[request.Step];
        _patience = new Patience(request, stop);
        Answer = answer;
    }

    internal HttpAnswer Answer { get; }

    internal TimeSpan Elapsed => _patience.Elapsed;

    private bool MustCloseTls => _method.Tls is { } tls && (tls.MustClose || _page.MustCloseTls);

    /// <summary>Null: the answer is there, whatever it says.</summary>
    internal async Task<ProbeOutcome?> RunAsync()
    {
        try
        {
            using Socket socket = ProbeSocket.Open(_request.Target, _request.Binding, SocketType.Stream, ProtocolType.Tcp);
            if (!await ProbeSocket.TryConnectAsync(socket, _request.Target, _patience.Token))
            {
                return new ProbeOutcome.Refused();
            }

            await using Stream stream = await StartAsync(socket);
            Await("the request could not be sent");
            await stream.WriteAsync(HttpRequestText.Of(_page, _method.Dialect, _request.Target), _patience.Token);
            return await ReadAsync(stream);
        }
        catch (SocketException failure)
        {
            return ProbeSocket.Classify(failure);
        }
        catch (IOException failure)
        {
            return failure.InnerException is SocketException inner
                ? ProbeSocket.Classify(inner)
                : new ProbeOutcome.Wrong($"the connection broke: {failure.Message}");
        }
        catch (AuthenticationException failure)
        {
            return new ProbeOutcome.Wrong($"TLS handshake failed: {(failure.InnerException ?? failure).Message}");
        }
        catch (OperationCanceledException) when (_patience.HasRunOut)
        {
            return _awaited.Length == 0 ? new ProbeOutcome.TimedOut() : _patience.Silent(_awaited);
        }
    }

    public void Dispose() => _patience.Dispose();

    private async Task<Stream> StartAsync(Socket socket)
    {
        _wire = new EndNoticingStream(new NetworkStream(socket, ownsSocket: false));
        if (_method.Tls is null)
        {
            return _wire;
        }

        Await("no TLS handshake");
        return await TlsClient.ConnectAsync(_wire, _page.SniName, _patience.Token);
    }

    private async Task<ProbeOutcome?> ReadAsync(Stream stream)
    {
        var buffer = new byte[16 * 1024];
        while (!Answer.IsWhole || MustCloseTls)
        {
            Await(Answer.Head is null ? "no answer" : "nothing more of the answer");
            int count = await stream.ReadAsync(buffer, _patience.Token);
            if (count == 0)
            {
                break;
            }

            Answer.Take(buffer.AsSpan(0, count));
            if (Answer.IsHeadTooLong)
            {
                return new ProbeOutcome.Wrong($"its header is longer than {HttpAnswer.HeadLimitBytes / 1024} kB");
            }

            if (Answer.IsBodyTooLong)
            {
                return new ProbeOutcome.Wrong($"its answer is longer than {HttpAnswer.BodyLimitBytes / 1024 / 1024} MB");
            }
        }

        return Answer.Head is null ? new ProbeOutcome.Wrong("it hung up before the header of an answer was complete")
            : MustCloseTls && _wire!.HasEnded ? new ProbeOutcome.Wrong("it hung up without closing TLS (tls_compliant)")
            : null;
    }

    private void Await(string what)
    {
        _awaited = what;
        _patience.Renew();
    }
}
