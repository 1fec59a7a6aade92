using System.Collections.Immutable;

namespace Pointsman.Config.Model;

/// <summary><c>UDP_CHECK</c>.</summary>
public sealed record UdpCheckConfig(SourceSpan Source) : CheckerConfig(Source)
{
    public const int MaxReplyLengthByDefault = 255;

    /// <summary>Empty: random bytes.</summary>
    public ImmutableArray<byte> Payload { get; init; } = [];

    public bool RequireReply { get; init; }

    /// <summary>The reply's first bytes; empty: any.</summary>
    public ImmutableArray<byte> Reply { get; init; } = [];

    /// <summary>Bits that may be anything; as long as <see cref="Reply"/>.</summary>
    public ImmutableArray<byte> ReplyMask { get; init; } = [];

    public int MinReplyLength { get; init; }

    /// <summary>Null: 255 where the bytes are compared, and no limit otherwise.</summary>
    public int? MaxReplyLength { get; init; }
}
