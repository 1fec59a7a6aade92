namespace Pointsman.Config.Model;

/// <summary>One line of <c>interface_up_down_delays</c>.</summary>
public sealed record LinkDelayConfig(string Interface, TimeSpan Down, TimeSpan Up, SourceSpan Source);
