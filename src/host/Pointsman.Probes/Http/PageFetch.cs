using Pointsman.Health;

namespace Pointsman.Probes.Http;

/// <summary>Asks for one page for the sake of its digest, as <c>genhash</c> does; its status decides nothing.</summary>
/// <param name="Step">Where it ended.</param>
/// <param name="Failure">Null: the answer came.</param>
/// <param name="Digest">MD5 of the body; null when no answer came.</param>
public sealed record PageFetch(HttpStep Step, ProbeOutcome? Failure, string? Digest)
{
    /// <param name="trace">Null: nobody looks on.</param>
    public static async Task<PageFetch> RunAsync(
        ProbeRequest request, CheckMethod.Http method, HttpTrace? trace, CancellationToken stop = default)
    {
        using var answer = new HttpAnswer(hashes: true, keepsBody: false, trace);
        using var exchange = new HttpExchange(request, method, answer, stop);
        ProbeOutcome? failure = await exchange.RunAsync();
        return new PageFetch(exchange.Step, failure, failure is null ? answer.Digest() : null);
    }
}
