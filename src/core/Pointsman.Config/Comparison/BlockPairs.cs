using System.Collections.Immutable;
using Pointsman.Config.Effective;

namespace Pointsman.Config.Comparison;

/// <summary>The blocks of one keyword in two configurations, each beside the one that it was or became.</summary>
internal sealed record BlockPairs(
    ImmutableArray<(EffectiveBlock Before, EffectiveBlock After)> Both,
    ImmutableArray<EffectiveBlock> OnlyBefore,
    ImmutableArray<EffectiveBlock> OnlyAfter)
{
    internal static BlockPairs Of(ImmutableArray<EffectiveBlock> before, ImmutableArray<EffectiveBlock> after)
    {
        // Checks have no name: those of one kind pair up in their order.
        var left = new Dictionary<string, Queue<EffectiveBlock>>(StringComparer.Ordinal);
        foreach (EffectiveBlock block in before)
        {
            string header = Typed.Header(block);
            if (!left.TryGetValue(header, out Queue<EffectiveBlock>? likes))
            {
                left[header] = likes = new Queue<EffectiveBlock>();
            }

            likes.Enqueue(block);
        }

        var partnerOf = new EffectiveBlock?[after.Length];
        for (int i = 0; i < after.Length; i++)
        {
            partnerOf[i] = left.TryGetValue(Typed.Header(after[i]), out Queue<EffectiveBlock>? likes) && likes.Count > 0
                ? likes.Dequeue()
                : null;
        }

        List<EffectiveBlock> gone = [.. before.Where(block => left[Typed.Header(block)].Contains(block))];
        for (int i = 0; i < after.Length; i++)
        {
            if (partnerOf[i] is null && gone.Find(block => IsSameUnderAnotherName(block, after[i])) is { } renamed)
            {
                partnerOf[i] = renamed;
                gone.Remove(renamed);
            }
        }

        return new BlockPairs(
            [.. after.Zip(partnerOf).Where(pair => pair.Second is not null).Select(pair => (pair.Second!, pair.First))],
            [.. gone],
            [.. after.Zip(partnerOf).Where(pair => pair.Second is null).Select(pair => pair.First)]);
    }

    // On the wire an instance is its router id on its interface.
    private static bool IsSameUnderAnotherName(EffectiveBlock before, EffectiveBlock after) =>
        after.Keyword == "vrrp_instance"
        && Argument(before, "interface") == Argument(after, "interface")
        && Argument(before, "virtual_router_id") == Argument(after, "virtual_router_id");

    private static string? Argument(EffectiveBlock block, string setting) =>
        block.Settings.FirstOrDefault(candidate => candidate.Name == setting) is { } found ? Typed.Argument(found.Value) : null;
}
