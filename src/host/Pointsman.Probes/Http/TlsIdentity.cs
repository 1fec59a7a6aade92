using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pointsman.Health;

namespace Pointsman.Probes.Http;

/* A site's checks all show the same certificate, so it is read once, and again when one of its files has changed: a renewed
   certificate needs no reload. Any thread may ask. */

/// <summary>Reads the client's certificates that probes show.</summary>
internal static class TlsIdentity
{
    private static readonly ConcurrentDictionary<TlsClientFiles, (DateTime Written, SslStreamCertificateContext Context)> Known = [];

    /// <param name="trouble">Null: it was read; else what is wrong with which file.</param>
    internal static SslStreamCertificateContext? TryRead(TlsClientFiles files, out string? trouble)
    {
        trouble = null;
        try
        {
            DateTime written = Written(files);
            if (!Known.TryGetValue(files, out (DateTime Written, SslStreamCertificateContext Context) known) || known.Written != written)
            {
                known = (written, Read(files));
                Known[files] = known;
            }

            return known.Context;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            trouble = $"SSL: {refused.Message}";
        }
        catch (CryptographicException wrong)
        {
            trouble = $"SSL: certificate {files.Certificate} with key {files.Key} cannot be used: {wrong.Message}{Hint(files)}";
        }

        return null;
    }

    private static DateTime Written(TlsClientFiles files) => new[] { files.Certificate, files.Key, files.Authorities }
        .OfType<string>().Max(path => File.Exists(path) ? File.GetLastWriteTimeUtc(path) : throw new FileNotFoundException($"{path} is missing"));

    private static SslStreamCertificateContext Read(TlsClientFiles files)
    {
        string pem = File.ReadAllText(files.Certificate);
        string key = File.ReadAllText(files.Key);
        X509Certificate2 own = files.Password is null
            ? X509Certificate2.CreateFromPem(pem, key)
            : X509Certificate2.CreateFromEncryptedPem(pem, key, files.Password);
        var issuers = new X509Certificate2Collection();
        issuers.ImportFromPem(pem);
        if (files.Authorities is { } authorities)
        {
            issuers.ImportFromPemFile(authorities);
        }

        return SslStreamCertificateContext.Create(own, issuers, offline: true);
    }

    // What OpenSSL wrote before its version 1.0 is not a form of its own any more anywhere else.
    private static string Hint(TlsClientFiles files) => File.ReadAllText(files.Key).Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)
        ? $"; its form is an old one: openssl pkcs8 -topk8 -in {files.Key} -out NEW"
        : "";
}
