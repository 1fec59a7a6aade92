using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pointsman.Lab.Probing;

/// <summary>Where a probe asks, and the words of asking: Nginx of the lab answers "server=NAME" and a newline.</summary>
internal sealed record ProbeTarget(IPEndPoint Service)
{
    private const string Mark = "server=";

    internal byte[] Request(bool keepAlive) => Encoding.ASCII.GetBytes(
        $"GET / HTTP/1.1\r\nHost: {Service.Address}\r\nConnection: {(keepAlive ? "keep-alive" : "close")}\r\n\r\n");

    /// <summary>The server's name once the whole answer is there, else null.</summary>
    internal static string? ServerOf(ReadOnlySpan<byte> answer)
    {
        string text = Encoding.ASCII.GetString(answer);
        int at = text.IndexOf(Mark, StringComparison.Ordinal);
        int end = at < 0 ? -1 : text.IndexOf('\n', at);
        return end < 0 ? null : text[(at + Mark.Length)..end];
    }

    internal static RequestOutcome OutcomeOf(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => RequestOutcome.Refused,
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => RequestOutcome.Reset,
        SocketError.TimedOut => RequestOutcome.TimedOut,
        _ => RequestOutcome.Unreachable,
    };
}
