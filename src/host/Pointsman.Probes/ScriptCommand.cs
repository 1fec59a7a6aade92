using System.Collections.Immutable;

namespace Pointsman.Probes;

/// <summary>A program with its arguments, and whom it runs as. Never given to a shell.</summary>
/// <param name="User">Null: as this process.</param>
/// <param name="Group">Null: the user's own. Needs a <paramref name="User"/>.</param>
public sealed record ScriptCommand(ImmutableArray<string> Arguments, string? User = null, string? Group = null);
