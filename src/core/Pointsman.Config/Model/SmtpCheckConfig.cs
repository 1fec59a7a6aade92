namespace Pointsman.Config.Model;

/// <summary><c>SMTP_CHECK</c>.</summary>
public sealed record SmtpCheckConfig(SourceSpan Source) : CheckerConfig(Source)
{
    public string HeloName { get; init; } = "smtpchecker.keepalived.org";
}
