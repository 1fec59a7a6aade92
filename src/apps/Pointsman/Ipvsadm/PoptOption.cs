namespace Pointsman.App.Ipvsadm;

/// <param name="Id">What it is called in a complaint; several spellings (<c>-t</c>, <c>-u</c>) share one.</param>
/// <param name="Short">Null: it has no letter.</param>
/// <param name="IsValueOptional">A next word that begins with a dash is not its value, and none is needed.</param>
/// <param name="Long">Null: it has no word (<c>-l</c>).</param>
internal sealed record PoptOption(IpvsadmOption Id, char? Short, string? Long, bool TakesValue = false, bool IsValueOptional = false);
