namespace Pointsman.Config.Model;

/// <summary><c>TCP_CHECK</c>.</summary>
public sealed record TcpCheckConfig(SourceSpan Source) : CheckerConfig(Source);
