using System.Collections.Immutable;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Grammar;

/// <summary><c>vrrp_sync_group</c>.</summary>
internal static class SyncGroupGrammar
{
    private static readonly BlockGrammar<ImmutableArray<Word>> Members = new("group", "INSTANCE",
        (members, line, _) => members.AddRange(line.Words));

    public static BlockGrammar<SyncGroupDraft> Block { get; } = new("vrrp_sync_group",
    [
        new("group", Argument.Nothing, "the instances", (group, setting) =>
            group with { Members = setting.Bind(Members, group.Members).Value })
        { Opens = Members },

        .. TrackGrammar.Rows<SyncGroupDraft>((group, change) =>
            group with { Config = group.Config with { Tracked = change(group.Config.Tracked) } }),

        new("sync_group_tracking_weight", Argument.Nothing, "weights of trackers move the members' priorities",
            (group, _) => group with { Config = group.Config with { TrackingWeight = true } }),

        .. NotifyGrammar.Rows<SyncGroupDraft>((group, change) =>
            group with { Config = group.Config with { Notify = change(group.Config.Notify) } }),
    ])
    {
        Blank = () => new SyncGroupDraft(new SyncGroupConfig("", default), []),
    };
}
