using System.Collections.Immutable;
using static Pointsman.Config.Inventory.Reasons;

namespace Pointsman.Config.Inventory;

/// <summary>What the checkers that are missing have of their own.</summary>
internal static class CheckerInventory
{
    public static ImmutableArray<KnownKeyword> Rows { get; } =
    [
        .. new BlockInventory("url")
            .NoEffect("regex_stack", "START MAXIMUM", "PCRE2's", "memory for the pattern", "a pattern gets the memory it needs, up to the library's own limit")
            .Rows,
    ];
}
