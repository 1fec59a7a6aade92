using System.Collections.Immutable;

namespace Pointsman.Config.Model;

/// <summary><c>track_group NAME</c>: instances that are at fault while a static address, route or rule of theirs is missing.</summary>
public sealed record TrackGroupConfig(string Name, ImmutableArray<string> Members, SourceSpan Source);
