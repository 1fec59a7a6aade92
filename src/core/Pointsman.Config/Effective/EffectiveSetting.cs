namespace Pointsman.Config.Effective;

/// <summary>A setting with the value that counts.</summary>
/// <param name="Name">Its keyword.</param>
/// <param name="Place">Where it was typed; null when this is the default.</param>
public sealed record EffectiveSetting(string Name, EffectiveValue Value, SourceSpan? Place);
