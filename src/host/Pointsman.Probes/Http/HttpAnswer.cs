using System.Security.Cryptography;

namespace Pointsman.Probes.Http;

/// <summary>
/// An answer as it comes in: its head, the digest of its body, and the body's beginning when a pattern asks for it.
/// Neither chunks nor compression are undone, as keepalived does not: a digest is one of the bytes on the wire.
/// </summary>
internal sealed class HttpAnswer : IDisposable
{
    internal const int HeadLimitBytes = 64 * 1024;
    internal const long BodyLimitBytes = 64 * 1024 * 1024;

    /// <summary>A pattern is searched for in so much of a body.</summary>
    internal const int PatternLimitBytes = 4 * 1024 * 1024;

    private readonly MemoryStream _head = new();
    private readonly IncrementalHash? _hash;
    private readonly MemoryStream? _body;
    private readonly HttpTrace? _trace;

    internal HttpAnswer(bool hashes, bool keepsBody, HttpTrace? trace = null)
    {
        _trace = trace;
        // MD5 is what keepalived.conf's `digest` is; it guards against mishaps, not against people.
        _hash = hashes ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
        _body = keepsBody ? new MemoryStream() : null;
    }

    /// <summary>Null until it is complete.</summary>
    internal HttpHead? Head { get; private set; }

    internal long BodyBytes { get; private set; }

    /// <summary>As much of the body has come as the head promised.</summary>
    internal bool IsWhole => Head is { ContentLength: long length } && BodyBytes >= length;

    internal bool IsHeadTooLong => Head is null && _head.Length > HeadLimitBytes;

    internal bool IsBodyTooLong => BodyBytes > BodyLimitBytes;

    internal ReadOnlyMemory<byte> Body => _body is null ? default : _body.GetBuffer().AsMemory(0, (int)_body.Length);

    internal void Take(ReadOnlySpan<byte> bytes)
    {
        if (Head is not null)
        {
            TakeBody(bytes);
            return;
        }

        int seen = (int)_head.Length;
        _head.Write(bytes);
        Head = HttpHead.TryRead(_head.GetBuffer().AsSpan(0, (int)_head.Length), seen);
        if (Head is { } head)
        {
            byte[] rest = _head.GetBuffer()[head.LengthBytes..(int)_head.Length];
            _head.SetLength(head.LengthBytes);
            _trace?.OnHead(_head.GetBuffer().AsSpan(0, head.LengthBytes));
            TakeBody(rest);
        }
    }

    internal string Digest() => Convert.ToHexStringLower(_hash!.GetCurrentHash());

    public void Dispose() => _hash?.Dispose();

    // What comes beyond the promised length belongs to no body.
    private void TakeBody(ReadOnlySpan<byte> bytes)
    {
        long left = (Head!.Value.ContentLength ?? long.MaxValue) - BodyBytes;
        ReadOnlySpan<byte> part = left <= 0 ? [] : bytes[..(int)Math.Min(left, bytes.Length)];
        _hash?.AppendData(part);
        if (!part.IsEmpty)
        {
            _trace?.OnBody(part);
        }

        if (_body is not null)
        {
            _body.Write(part[..(int)Math.Min(part.Length, PatternLimitBytes - _body.Length)]);
        }

        BodyBytes += bytes.Length;
    }
}
