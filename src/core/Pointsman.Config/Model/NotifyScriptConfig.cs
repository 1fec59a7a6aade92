using System.Collections.Immutable;

namespace Pointsman.Config.Model;

/// <summary>A line such as <c>notify_master COMMAND [USER [GROUP]]</c>.</summary>
/// <param name="Command">Program and arguments; never given to a shell.</param>
/// <param name="User">Null: <c>script_user</c>.</param>
/// <param name="Group">Null: the user's own.</param>
public sealed record NotifyScriptConfig(ImmutableArray<string> Command, string? User, string? Group, SourceSpan Source);
