using System.Collections.Immutable;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary>What instances and sync groups track.</summary>
internal static class TrackGrammar
{
    private static readonly BlockGrammar<ImmutableArray<TrackedScriptConfig>> Scripts =
        new("track_script", $"SCRIPT {TrackLine.Options}", TrackLine.TakeScript);

    private static readonly BlockGrammar<ImmutableArray<TrackedInterfaceConfig>> Interfaces =
        new("track_interface", $"INTERFACE {TrackLine.Options}", TrackLine.TakeInterface);

    private static readonly BlockGrammar<ImmutableArray<TrackedThingConfig>> Files =
        new("track_file", $"FILE {TrackLine.Options}", TrackLine.TakeThing);

    private static readonly BlockGrammar<ImmutableArray<TrackedThingConfig>> Processes =
        new("track_process", $"PROCESS {TrackLine.Options}", TrackLine.TakeThing);

    private static readonly BlockGrammar<ImmutableArray<TrackedThingConfig>> Bfds =
        new("track_bfd", $"BFD {TrackLine.Options}", TrackLine.TakeThing);

    /// <param name="change">Puts what a row has changed into the block's model.</param>
    public static ImmutableArray<Keyword<T>> Rows<T>(Func<T, Func<TrackedConfig, TrackedConfig>, T> change) =>
    [
        new("track_script", Argument.Nothing, "scripts that bear on the priority", (block, setting) =>
            change(block, tracked => tracked with { Scripts = setting.Bind(Scripts, tracked.Scripts).Value }))
        { Opens = Scripts, IsRepeatable = true },

        new("track_interface", Argument.Nothing, "interfaces whose link is needed", (block, setting) =>
            change(block, tracked => tracked with { Interfaces = setting.Bind(Interfaces, tracked.Interfaces).Value }))
        { Opens = Interfaces, IsRepeatable = true },

        new("track_file", Argument.Nothing, "files with a number that bears on the priority", (block, setting) =>
            change(block, tracked => tracked with { Files = setting.Bind(Files, tracked.Files).Value }))
        { Opens = Files, IsRepeatable = true },

        new("track_process", Argument.Nothing, "processes that bear on the priority", (block, setting) =>
            change(block, tracked => tracked with { Processes = setting.Bind(Processes, tracked.Processes).Value }))
        { Opens = Processes, IsRepeatable = true },

        new("track_bfd", Argument.Nothing, "peers watched by BFD that bear on the priority", (block, setting) =>
            change(block, tracked => tracked with { Bfds = setting.Bind(Bfds, tracked.Bfds).Value }))
        { Opens = Bfds, IsRepeatable = true },
    ];
}
