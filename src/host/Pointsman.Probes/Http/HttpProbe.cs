using System.Globalization;
using Pointsman.Health;
using Pointsman.Linux.Patterns;

namespace Pointsman.Probes.Http;

/// <summary><c>HTTP_GET</c> and <c>SSL_GET</c>: the answer's status, then its digest, then its pattern, as keepalived judges.</summary>
public static class HttpProbe
{
    /// <param name="stop">Ends the probe without an outcome (<see cref="OperationCanceledException"/>).</param>
    public static async Task<ProbeOutcome> RunAsync(ProbeRequest request, CheckMethod.Http method, CancellationToken stop = default)
    {
        HttpPage page = method.Pages[request.Step];
        using var answer = new HttpAnswer(hashes: page.Digest is not null, keepsBody: page.Pattern is not null);
        using var exchange = new HttpExchange(request, method, answer, stop);
        ProbeOutcome outcome = await exchange.RunAsync() ?? Judge(page, answer, exchange);

        // With several pages a failure must say which.
        return outcome is ProbeOutcome.Wrong wrong && method.Pages.Length > 1
            ? new ProbeOutcome.Wrong($"{page.Path}: {wrong.Detail}")
            : outcome;
    }

    private static ProbeOutcome Judge(HttpPage page, HttpAnswer answer, HttpExchange exchange)
    {
        int status = answer.Head!.Value.Status;
        if (status == 0)
        {
            return new ProbeOutcome.Wrong("its answer is not HTTP");
        }

        if (!page.Accepts(status))
        {
            return new ProbeOutcome.Wrong(string.Create(
                CultureInfo.InvariantCulture, $"status {status}, expected {string.Join(' ', page.StatusCodes)}"));
        }

        return WrongDigest(page, answer) ?? WrongBody(page, answer) ?? new ProbeOutcome.Success(
            exchange.Elapsed,
            string.Create(CultureInfo.InvariantCulture, $"status {status}{Missing(answer)}{Expired(exchange)}"));
    }

    private static string Expired(HttpExchange exchange) => exchange.CertificateExpired is { } end
        ? string.Create(CultureInfo.InvariantCulture, $" (its certificate expired on {end:yyyy-MM-dd HH:mm})")
        : "";

    // keepalived accepts an answer shorter than it says, and mentions it.
    private static string Missing(HttpAnswer answer) =>
        answer.Head is { ContentLength: long length } && answer.BodyBytes < length
            ? string.Create(CultureInfo.InvariantCulture, $" ({answer.BodyBytes} of {length} bytes)")
            : "";

    private static ProbeOutcome? WrongDigest(HttpPage page, HttpAnswer answer)
    {
        if (page.Digest is not string expected)
        {
            return null;
        }

        string got = answer.Digest();
        return got == expected ? null : new ProbeOutcome.Wrong($"digest {got}, expected {expected}");
    }

    private static ProbeOutcome? WrongBody(HttpPage page, HttpAnswer answer)
    {
        if (page.Pattern is not { } pattern)
        {
            return null;
        }

        using PerlPattern? compiled = PerlPattern.TryCompile(pattern.Pattern, pattern.Options, out string mistake);
        if (compiled is null)
        {
            return new ProbeOutcome.Error($"regex: {mistake}");
        }

        if (!compiled.TryFind(answer.Body.Span, pattern.MinimumOffset, out int at, out mistake))
        {
            return mistake.Length > 0 ? new ProbeOutcome.Error($"regex: {mistake}") : Found(pattern, isFound: false);
        }

        return Found(pattern, isFound: pattern.MaximumOffset is not int last || at <= last);
    }

    private static ProbeOutcome.Wrong? Found(BodyPattern pattern, bool isFound) =>
        isFound != pattern.MustNotMatch ? null
        : isFound ? new ProbeOutcome.Wrong($"its answer holds `{pattern.Pattern}`, which it must not")
        : new ProbeOutcome.Wrong($"its answer does not hold `{pattern.Pattern}`");
}
