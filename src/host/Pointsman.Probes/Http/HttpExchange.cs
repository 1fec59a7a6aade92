using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Pointsman.Health;

namespace Pointsman.Probes.Http;

/// <summary>Asks for one page and reads the whole answer, from the connection to its end.</summary>
internal sealed class HttpExchange : IDisposable
{
    // One read of keepalived's, so that genhash -v shows an answer in the same pieces.
    private const int BufferBytes = 4095;

    private readonly ProbeRequest _request;
    private readonly CheckMethod.Http _method;
    private readonly HttpPage _page;
    private readonly Patience _patience;
    private EndNoticingStream? _wire;
    private SslStreamCertificateContext? _identity;

    internal HttpExchange(ProbeRequest request, CheckMethod.Http method, HttpAnswer answer, CancellationToken stop)
    {
        _request = request;
        _method = method;
        _page = method.Pages[request.Step];
        _patience = new Patience(request, stop);
        Answer = answer;
    }

    internal HttpAnswer Answer { get; }

    internal HttpStep Step { get; private set; }

    /// <summary>When the server's certificate expired; null: it has not, or there is none.</summary>
    internal DateTime? CertificateExpired { get; private set; }

    internal TimeSpan Elapsed => _patience.Elapsed;

    private bool MustCloseTls => _method.Tls is { } tls && (tls.MustClose || _page.MustCloseTls);

    /// <summary>Null: the answer is there, whatever it says.</summary>
    internal async Task<ProbeOutcome?> RunAsync()
    {
        if (_method.Tls?.Client is { } files)
        {
            _identity = TlsIdentity.TryRead(files, out string? trouble);
            if (trouble is not null)
            {
                return new ProbeOutcome.Error(trouble);
            }
        }

        try
        {
            using Socket socket = ProbeSocket.Open(_request.Target, _request.Binding, SocketType.Stream, ProtocolType.Tcp);
            if (!await ProbeSocket.TryConnectAsync(socket, _request.Target, _patience.Token))
            {
                return new ProbeOutcome.Refused();
            }

            await using Stream stream = await StartAsync(socket);
            Begin(HttpStep.Sending);
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
            return Step == HttpStep.Connecting ? new ProbeOutcome.TimedOut() : _patience.Silent(Awaited());
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

        Begin(HttpStep.Handshaking);
        SslStream tls = await TlsClient.ConnectAsync(_wire, _page.SniName, _identity, _patience.Token);
        CertificateExpired = TlsClient.ExpiryInThePast(tls);
        return tls;
    }

    private async Task<ProbeOutcome?> ReadAsync(Stream stream)
    {
        var buffer = new byte[BufferBytes];
        bool hasBytes = false;
        while (!Answer.IsWhole || MustCloseTls)
        {
            Begin(hasBytes ? HttpStep.Reading : HttpStep.Awaiting);
            int count = await stream.ReadAsync(buffer, _patience.Token);
            if (count == 0)
            {
                break;
            }

            hasBytes = true;
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

        Begin(HttpStep.Ended);
        return Answer.Head is null ? new ProbeOutcome.Wrong("it hung up before the header of an answer was complete")
            : MustCloseTls && _wire!.HasEnded ? new ProbeOutcome.Wrong("it hung up without closing TLS (tls_compliant)")
            : null;
    }

    private void Begin(HttpStep step)
    {
        Step = step;
        _patience.Renew();
    }

    private string Awaited() => Step switch
    {
        HttpStep.Handshaking => "no TLS handshake",
        HttpStep.Sending => "the request could not be sent",
        HttpStep.Awaiting => "no answer",
        HttpStep.Reading => "nothing more of the answer",
        HttpStep.Connecting or HttpStep.Ended => throw new UnreachableException("nothing was awaited then"),
        _ => throw new UnreachableException(),
    };
}
