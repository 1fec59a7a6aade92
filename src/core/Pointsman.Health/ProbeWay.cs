using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>Which way a probe went.</summary>
/// <param name="Through">The virtual address it was sent to; null: it went to the server's own.</param>
/// <param name="PlainBecause">Why it did not take the client's road; null: it did, or there is none for it.</param>
public sealed record ProbeWay(TransportEndpoint? Through, string? PlainBecause = null);
