using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pointsman.Probes.Sending;

/// <summary>Encrypts the rest of a talk with a mail server, whose certificate must be good: a login goes through it.</summary>
internal static class SmtpTls
{
    internal static async Task BeginAsync(SmtpTalk talk, MailSettings settings)
    {
        var tls = new SslStream(talk.Stream, leaveInnerStreamOpen: false);
        talk.Stream = tls;
        try
        {
            await talk.WithinAsync("TLS", async patience =>
            {
                await tls.AuthenticateAsClientAsync(Options(settings), patience);
                return true;
            });
        }
        catch (AuthenticationException refused)
        {
            throw new MailTrouble($"TLS: {refused.GetBaseException().Message}");
        }
    }

    private static SslClientAuthenticationOptions Options(MailSettings settings)
    {
        var policy = new X509ChainPolicy
        {
            // A mail about an outage must not wait for strangers' servers.
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        if (settings.Authorities is { } file)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            try
            {
                policy.CustomTrustStore.ImportFromPemFile(file);
            }
            catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException or CryptographicException)
            {
                throw new MailTrouble($"`smtp_tls_ca` {file}: {cannot.Message}");
            }
        }

        return new SslClientAuthenticationOptions { TargetHost = settings.CertificateName, CertificateChainPolicy = policy };
    }
}
