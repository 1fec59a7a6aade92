namespace Pointsman.Config.Model;

/// <summary><c>PING_CHECK</c>.</summary>
public sealed record PingCheckConfig(SourceSpan Source) : CheckerConfig(Source);
