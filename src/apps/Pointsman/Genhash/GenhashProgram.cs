using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pointsman.Base;
using Pointsman.Health;
using Pointsman.Probes.Http;

namespace Pointsman.App.Genhash;

/// <summary>
/// Under the name <c>genhash</c>: the digest of a page, for <c>digest</c> in <c>HTTP_GET</c>. As with the original, a page
/// that cannot be had is told on standard output and is no failure of the program; scripts compare the line.
/// </summary>
internal static class GenhashProgram
{
    internal static int Run(string[] args)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput(), Encoding.Latin1, bufferSize: 64 * 1024);
        return Run(args, output, Console.Error);
    }

    internal static int Run(string[] args, TextWriter output, TextWriter error)
    {
        if (!GenhashCommandLine.TryParse(args, out GenhashRequest request, out string complaint))
        {
            error.Write(complaint.Length > 0 ? $"{complaint}\n{GenhashCommandLine.Usage}" : GenhashCommandLine.Usage);
            return ExitCode.Failure;
        }

        long started = Stopwatch.GetTimestamp();
        GenhashDump? dump = request.IsVerbose ? new GenhashDump(output) : null;
        PageFetch fetched = Fetch(request, dump);
        if (fetched.Digest is { } digest)
        {
            dump?.OnDigest(digest);
            output.Write($"{digest}\n");
        }
        else if (fetched.Step == HttpStep.Ended)
        {
            error.Write("no data received from remote webserver\n");
        }
        else
        {
            output.Write($"{Describe(fetched, request.UsesTls)}\n");
        }

        if (request.IsVerbose)
        {
            long microseconds = (long)Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            output.Write(string.Create(CultureInfo.InvariantCulture, $"\nGlobal response time for [{request.Url}] = {microseconds} usecs\n"));
        }

        return ExitCode.Ok;
    }

    private static PageFetch Fetch(GenhashRequest request, GenhashDump? dump)
    {
        var page = new HttpPage(request.Url!)
        {
            Host = request.VirtualHost,
            SniName = request.UsesSni ? request.VirtualHost : null,
        };
        var method = new CheckMethod.Http(request.Dialect, [page], request.UsesTls ? new TlsSettings() : null);
        var probe = new ProbeRequest(method, new TransportEndpoint(request.Server!.Value, request.Port), request.Timeout)
        {
            Binding = new ProbeBinding(Mark: request.Mark),

            // The operator watches, and ends a server that drips.
            Limit = TimeSpan.FromDays(1),
        };
        return PageFetch.RunAsync(probe, method, dump).GetAwaiter().GetResult();
    }

    // In genhash's words for where it ended.
    private static string Describe(PageFetch fetched, bool usesTls)
    {
        bool isTimeout = fetched.Failure is ProbeOutcome.TimedOut or ProbeOutcome.Silent;
        return fetched.Step switch
        {
            HttpStep.Connecting => isTimeout ? "Timeout connecting" : "Connection failed",
            HttpStep.Handshaking => isTimeout ? "Timeout connecting" : "SSL handshake/communication error connecting to",
            HttpStep.Sending => isTimeout ? "Timeout WEB write" : "Cannot send get request to",
            HttpStep.Awaiting => isTimeout ? "Timeout WEB read" : "Read error with",
            HttpStep.Reading => !isTimeout ? "Read error with" : usesTls ? "Timeout SSL read" : "Timeout HTTP read",
            HttpStep.Ended => throw new UnreachableException("an answer that ended is told by its digest"),
            _ => throw new UnreachableException(),
        };
    }
}
