using System.Collections.Immutable;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Grammar;

/// <summary>The rows about strictness and about addresses that do not answer, of <c>global_defs</c> and <c>vrrp_instance</c>.</summary>
internal static class AcceptGrammar
{
    public const string DefaultTable = "pointsman";

    // As long as the kernel takes them, of letters nft does not read otherwise.
    private const int TableLengthLimit = 31;

    public static ImmutableArray<Keyword<GlobalDefinitions>> GlobalRows { get; } =
    [
        new("vrrp_strict", Argument.Nothing, "the RFC's rules to the letter; addresses answer their owner's clients only", (global, _) =>
            global with { IsStrict = true })
        { Default = "off" },

        new("vrrp_owner_ignore_adverts", Argument.Boolean, "a node of priority 255 hears no other", (global, setting) =>
            global with { OwnerIgnoresAdverts = setting.Value.IsOn })
        { Default = "off" },

        new("nftables", Argument.OptionalTexts("the name of a table"), "the table for addresses that must not answer; it is made, and removed", TakeTable)
        { Default = DefaultTable },

        new("nftables_priority", Argument.Number(-1000, 1000), "the priority of its chains", (global, setting) =>
            global with { NftablesPriority = setting.Whole })
        { Default = "-1" },

        new("nftables_counters", Argument.Nothing, "its rules count what they drop", (global, _) =>
            global with { NftablesCounters = true }),
    ];

    public static ImmutableArray<Keyword<VrrpInstanceConfig>> InstanceRows { get; } =
    [
        new("accept", Argument.Nothing, "a master answers on its addresses", (instance, _) => instance with { Accept = true })
        { Default = "on; in strict mode, off but for priority 255" },

        new("no_accept", Argument.Nothing, "a master does not answer on its addresses: nftables drops what comes to them", (instance, _) =>
            instance with { Accept = false }),

        new("strict_mode", Argument.Boolean, "the RFC's rules to the letter", (instance, setting) =>
            instance with { IsStrict = setting.Value.IsOn })
        { Default = "vrrp_strict" },

        new("owner_ignore_adverts", Argument.Boolean, "with priority 255, hear no other", (instance, setting) =>
            instance with { OwnerIgnoresAdverts = setting.Value.IsOn })
        { Default = "vrrp_owner_ignore_adverts" },
    ];

    private static GlobalDefinitions TakeTable(GlobalDefinitions global, Setting setting)
    {
        if (setting.Statement.Arguments is not [var word, ..])
        {
            return global;
        }

        bool isName = word.Text.Length is > 0 and <= TableLengthLimit && char.IsAsciiLetter(word.Text[0])
            && word.Text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-');
        if (!isName)
        {
            ArgumentReader.ReportWrong(word, "a name of letters, digits, `_` and `-`, up to 31", setting.Sink);
            return global;
        }

        return global with { NftablesTable = word.Text };
    }
}
