using System.Collections.Immutable;

namespace Pointsman.Config.Model;

/// <summary><c>SMTP_CHECK</c>.</summary>
public sealed record SmtpCheckConfig(SourceSpan Source) : CheckerConfig(Source)
{
    /// <summary>While it is read: the hosts of its old form, each with what its block says.</summary>
    internal ImmutableArray<SmtpCheckConfig> Hosts { get; init; } = [];

    public string HeloName { get; init; } = "smtpchecker.keepalived.org";
}
