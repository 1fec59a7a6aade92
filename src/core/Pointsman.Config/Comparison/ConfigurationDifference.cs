using System.Collections.Immutable;
using Pointsman.Config.Effective;
using Pointsman.Config.Model;

namespace Pointsman.Config.Comparison;

/// <summary>What tells two configurations apart, setting by setting, whatever their files look like.</summary>
public sealed class ConfigurationDifference
{
    /// <summary>Settings that nobody else is to read in a log.</summary>
    private static readonly string[] Secrets = ["auth_pass", "password", "#pointsman: webhook"];

    private readonly ImmutableArray<ConfigurationChange>.Builder _changes = ImmutableArray.CreateBuilder<ConfigurationChange>();

    private ConfigurationDifference()
    {
    }

    /// <summary>In the order of the second configuration; what only the first one has comes behind its like.</summary>
    public static ImmutableArray<ConfigurationChange> Between(Configuration before, Configuration after)
    {
        var difference = new ConfigurationDifference();
        difference.CompareBlocks(
            [], EffectiveModel.Of(before, SettingPlaces.None), EffectiveModel.Of(after, SettingPlaces.None));
        return difference._changes.ToImmutable();
    }

    private void CompareBlocks(ImmutableArray<string> path, ImmutableArray<EffectiveBlock> before, ImmutableArray<EffectiveBlock> after)
    {
        IEnumerable<string> keywords = after.Concat(before).Select(block => block.Keyword).Distinct();
        foreach (string keyword in keywords)
        {
            BlockPairs pairs = BlockPairs.Of(
                [.. before.Where(block => block.Keyword == keyword)], [.. after.Where(block => block.Keyword == keyword)]);
            foreach ((EffectiveBlock old, EffectiveBlock now) in pairs.Both)
            {
                Compare(path, old, now);
            }

            foreach (EffectiveBlock block in pairs.OnlyAfter)
            {
                Add([.. path, Typed.Header(block)], null, "added", ChangeEffect.OfAdded(block));
            }

            foreach (EffectiveBlock block in pairs.OnlyBefore)
            {
                Add([.. path, Typed.Header(block)], null, "removed", ChangeEffect.OfRemoved(block));
            }
        }
    }

    private void Compare(ImmutableArray<string> outer, EffectiveBlock before, EffectiveBlock after)
    {
        ImmutableArray<string> path = [.. outer, Typed.Header(after)];
        if (Typed.Header(before) != Typed.Header(after))
        {
            Add([.. outer, Typed.Header(before)], null, $"renamed {Typed.Header(after)}", ChangeEffect.OfRenamed);
        }

        foreach (EffectiveSetting setting in after.Settings)
        {
            Compare(path, after.Keyword, setting.Name, Value(before, setting.Name), setting.Value);
        }

        foreach (EffectiveSetting gone in before.Settings.Where(setting => Value(after, setting.Name) is null))
        {
            Compare(path, after.Keyword, gone.Name, gone.Value, null);
        }

        CompareBlocks(path, before.Blocks, after.Blocks);
    }

    private void Compare(ImmutableArray<string> path, string block, string name, EffectiveValue? before, EffectiveValue? after)
    {
        if (before is EffectiveValue.Entries || after is EffectiveValue.Entries)
        {
            CompareEntries(path, block, name, before as EffectiveValue.Entries, after as EffectiveValue.Entries);
            return;
        }

        // What follows from another setting is told there.
        bool isUntyped = before is EffectiveValue.Absent && after is EffectiveValue.Absent;
        (string old, string now) = (Shown(before), Shown(after));
        if (isUntyped || old == now)
        {
            return;
        }

        string what = Secrets.Contains(name) ? "changed" : $"{old} -> {now}";
        Add(path, name, what, ChangeEffect.OfSetting(block, name, now));
    }

    private void CompareEntries(
        ImmutableArray<string> path, string block, string name, EffectiveValue.Entries? before, EffectiveValue.Entries? after)
    {
        string[] old = [.. (before?.Lines ?? []).Select(Typed.Line)];
        string[] now = [.. (after?.Lines ?? []).Select(Typed.Line)];
        foreach (string line in now.Except(old))
        {
            Add(path, name, $"{line} added", ChangeEffect.OfSetting(block, name, "added"));
        }

        foreach (string line in old.Except(now))
        {
            Add(path, name, $"{line} removed", ChangeEffect.OfSetting(block, name, "removed"));
        }

        if (old.Length == now.Length && !old.SequenceEqual(now) && !now.Except(old).Any())
        {
            Add(path, name, "in another order", ChangeEffect.OfSetting(block, name, "order"));
        }
    }

    private static EffectiveValue? Value(EffectiveBlock block, string name) =>
        block.Settings.FirstOrDefault(setting => setting.Name == name)?.Value;

    private static string Shown(EffectiveValue? value) => value switch
    {
        null => "none",
        EffectiveValue.Absent absent => absent.Because,
        EffectiveValue.Flag flag => flag.IsOn ? "on" : "off",
        _ => Typed.Argument(value) ?? "none",
    };

    private void Add(ImmutableArray<string> path, string? setting, string what, string effect) =>
        _changes.Add(new ConfigurationChange(path, setting, what, effect));
}
