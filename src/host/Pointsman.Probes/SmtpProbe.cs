using System.Net.Sockets;
using System.Text;
using Pointsman.Health;

namespace Pointsman.Probes;

/// <summary><c>SMTP_CHECK</c>: a greeting, a HELO and a QUIT, each answered as RFC 5321 §4.2 has it.</summary>
public static class SmtpProbe
{
    /// <summary>RFC 5321 §4.5.3.1.5 allows a reply line 512 bytes; servers greet with several.</summary>
    private const int ReplyLimitBytes = 8 * 1024;

    /// <param name="stop">Ends the probe without an outcome (<see cref="OperationCanceledException"/>).</param>
    public static async Task<ProbeOutcome> RunAsync(ProbeRequest request, CheckMethod.Smtp method, CancellationToken stop = default)
    {
        using var patience = new Patience(request, stop);
        string awaited = "";
        try
        {
            using Socket socket = ProbeSocket.Open(request.Target, request.Binding, SocketType.Stream, ProtocolType.Tcp);
            if (!await ProbeSocket.TryConnectAsync(socket, request.Target, patience.Token))
            {
                return new ProbeOutcome.Refused();
            }

            (string? Say, string Code)[] talk = [(null, "220"), ($"HELO {method.HeloName}\r\n", "250"), ("QUIT\r\n", "221")];
            string greeting = "";
            foreach ((string? say, string code) in talk)
            {
                awaited = say?.Trim() ?? "its greeting";
                patience.Renew();
                if (say is not null)
                {
                    await socket.SendAsync(Encoding.Latin1.GetBytes(say), patience.Token);
                }

                string reply = await ReadReplyAsync(socket, patience);
                greeting = greeting.Length == 0 ? reply : greeting;
                if (!reply.StartsWith(code, StringComparison.Ordinal))
                {
                    return new ProbeOutcome.Wrong($"{awaited}: {(reply.Length == 0 ? "it hung up" : Printable(reply))}, expected {code}");
                }
            }

            return new ProbeOutcome.Success(patience.Elapsed, $"greeted by `{Printable(greeting)}`");
        }
        catch (SocketException failure)
        {
            return ProbeSocket.Classify(failure);
        }
        catch (OperationCanceledException) when (patience.HasRunOut)
        {
            return awaited.Length == 0 ? new ProbeOutcome.TimedOut() : patience.Silent($"{awaited}: no answer");
        }
    }

    // The last line of a reply has a blank after its code; empty: the server hung up.
    private static async Task<string> ReadReplyAsync(Socket socket, Patience patience)
    {
        var buffer = new byte[1024];
        var text = new StringBuilder();
        while (text.Length < ReplyLimitBytes)
        {
            int count = await socket.ReceiveAsync(buffer, patience.Token);
            if (count == 0)
            {
                return "";
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
            string[] lines = text.ToString().Split('\n');
            if (Array.FindLast(lines[..^1], line => line.Length < 4 || line[3] != '-') is { } last)
            {
                return last.TrimEnd('\r');
            }
        }

        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"a reply of more than {ReplyLimitBytes / 1024} kB");
    }

    private static string Printable(string text) =>
        string.Concat(text.Take(80).Select(letter => letter is >= ' ' and < '\x7f' ? letter : '.'));
}
