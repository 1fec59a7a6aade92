namespace Pointsman.Config.Model;

/// <summary>One line of <c>linkbeat_interfaces</c>.</summary>
public sealed record LinkBeatConfig(string Interface, LinkBeatMethod Method, SourceSpan Source);
