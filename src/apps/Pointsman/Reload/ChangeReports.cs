using System.Collections.Immutable;
using Pointsman.Config.Comparison;
using Pointsman.Control.Reload;

namespace Pointsman.App.Reload;

/// <summary>Changes as they go over the control socket.</summary>
internal static class ChangeReports
{
    internal static ImmutableArray<ChangeReport> Of(ImmutableArray<ConfigurationChange> changes) =>
    [
        .. changes.Select(change => new ChangeReport
        {
            Text = change.ToString(),
            Path = change.Path,
            Setting = change.Setting,
            What = change.What,
            Effect = change.Effect,
        }),
    ];
}
