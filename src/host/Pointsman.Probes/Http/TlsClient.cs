using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Pointsman.Probes.Http;

/// <summary>Speaks TLS to whoever answers. Nothing of a certificate is verified, as keepalived verifies nothing.</summary>
internal static class TlsClient
{
    /// <param name="sniName">Null: the handshake names nobody.</param>
    /// <param name="identity">What is shown to a server that asks for it; null: nothing.</param>
    internal static async Task<SslStream> ConnectAsync(
        Stream inner, string? sniName, SslStreamCertificateContext? identity, CancellationToken patience)
    {
        var tls = new SslStream(inner, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(Options(sniName, identity), patience);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    /// <summary>When the server's certificate expired, if it has: no reason to fail, for keepalived does not, but clients turn away.</summary>
    internal static DateTime? ExpiryInThePast(SslStream tls) =>
        tls.RemoteCertificate is X509Certificate2 { NotAfter: var end } && end < DateTime.Now ? end : null;

    private static SslClientAuthenticationOptions Options(string? sniName, SslStreamCertificateContext? identity) => new()
    {
        TargetHost = sniName ?? "",
        ClientCertificateContext = identity,
#pragma warning disable CA5359 // a check asks whether the server works, not who it is
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        // Without this the chain is built by fetching missing certificates from wherever the certificate says.
        CertificateChainPolicy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            TrustMode = X509ChainTrustMode.CustomRootTrust,
        },
    };
}
