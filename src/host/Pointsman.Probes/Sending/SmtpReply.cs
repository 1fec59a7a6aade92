using System.Collections.Immutable;

namespace Pointsman.Probes.Sending;

/// <summary>What a mail server answers (RFC 5321 §4.2).</summary>
/// <param name="Lines">Without their codes.</param>
internal sealed record SmtpReply(int Code, ImmutableArray<string> Lines)
{
    private const int ShownLength = 200;

    internal bool IsPositive => Code is >= 200 and < 400;

    /// <summary>RFC 5321 §4.2.1: the same will be answered the next time.</summary>
    internal bool IsPermanent => Code >= 500;

    /// <summary>In one line, whatever bytes came.</summary>
    public override string ToString() => string.Concat(
        $"{Code} {string.Join(' ', Lines)}".Take(ShownLength).Select(letter => letter is >= ' ' and < '\x7f' ? letter : '.'));
}
