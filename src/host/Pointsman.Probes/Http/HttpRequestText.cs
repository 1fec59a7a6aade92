using System.Text;
using Pointsman.Base;
using Pointsman.Health;

namespace Pointsman.Probes.Http;

/// <summary>The request of <c>HTTP_GET</c>, header for header as keepalived sends it.</summary>
internal static class HttpRequestText
{
    internal static byte[] Of(HttpPage page, HttpDialect dialect, TransportEndpoint target)
    {
        string version = dialect == HttpDialect.Http11 ? "1.1" : "1.0";
        string close = dialect == HttpDialect.Http10 ? "" : "Connection: close\r\n";
        string host = page.Host ?? target.ToString();
        return Encoding.Latin1.GetBytes(
            $"GET {page.Path} HTTP/{version}\r\nUser-Agent: KeepAliveClient\r\n{close}Host: {host}\r\n\r\n");
    }
}
