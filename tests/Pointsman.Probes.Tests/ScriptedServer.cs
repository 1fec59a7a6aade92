using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Pointsman.Base;

namespace Pointsman.Probes.Tests;

/// <summary>A TCP server on the loopback that does to each client what the test says.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly Socket _listener = TcpProbeTests.Listen(IPAddress.Loopback);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    internal ScriptedServer(Func<Stream, CancellationToken, Task> serve) => _serving = ServeAsync(serve);

    internal TransportEndpoint Endpoint => TcpProbeTests.EndpointOf(_listener);

    internal int Clients { get; private set; }

    /// <summary>The request of the last client, up to its blank line.</summary>
    internal string Request { get; private set; } = "";

    /// <summary>Reads the request, sends the answer, and hangs up.</summary>
    internal static ScriptedServer Answering(string answer)
    {
        ScriptedServer? server = null;
        server = new ScriptedServer(async (stream, stop) =>
        {
            server!.Request = await ReadHeadAsync(stream, stop);
            await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), stop);
        });
        return server;
    }

    /// <param name="closesTls">Ends TLS in order, not only the connection under it.</param>
    internal static ScriptedServer AnsweringByTls(string answer, Action<string?>? onName = null, bool closesTls = true)
    {
        X509Certificate2 certificate = SelfSigned();
        return new ScriptedServer(async (stream, stop) =>
        {
            var tls = new SslStream(stream, leaveInnerStreamOpen: true);
            await tls.AuthenticateAsServerAsync(
                (_, hello, _, _) =>
                {
                    onName?.Invoke(hello.ServerName);
                    return ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificate = certificate });
                },
                state: null,
                stop);
            await ReadHeadAsync(tls, stop);
            await tls.WriteAsync(Encoding.Latin1.GetBytes(answer), stop);
            if (closesTls)
            {
                await tls.ShutdownAsync();
            }
        });
    }

    internal static async Task<string> ReadHeadAsync(Stream stream, CancellationToken stop)
    {
        var text = new StringBuilder();
        var buffer = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, stop) > 0)
        {
            text.Append((char)buffer[0]);
        }

        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=wrong.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 made = request.CreateSelfSigned(
            new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private async Task ServeAsync(Func<Stream, CancellationToken, Task> serve)
    {
        try
        {
            while (true)
            {
                using Socket client = await _listener.AcceptAsync(_stop.Token);
                Clients++;
                try
                {
                    await using var stream = new NetworkStream(client);
                    await serve(stream, _stop.Token);
                    client.Shutdown(SocketShutdown.Send);
                }
                catch (Exception gone) when (gone is IOException or SocketException)
                {
                    // The client hung up first, as it may.
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
