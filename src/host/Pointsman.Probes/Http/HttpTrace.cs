namespace Pointsman.Probes.Http;

/// <summary>Sees an answer as it is read.</summary>
public abstract class HttpTrace
{
    /// <summary>The head, with its blank line.</summary>
    public abstract void OnHead(ReadOnlySpan<byte> head);

    /// <summary>So much of the body as one read brought.</summary>
    public abstract void OnBody(ReadOnlySpan<byte> part);
}
