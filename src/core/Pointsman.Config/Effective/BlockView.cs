using System.Collections.Immutable;
using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.Config.Effective;

/// <summary>Collects the settings of one block, in the order in which they are shown.</summary>
/// <param name="source">Where the block's header was typed.</param>
internal sealed class BlockView(string keyword, SourceSpan source, SettingPlaces places)
{
    private readonly ImmutableArray<EffectiveHeader>.Builder _header = ImmutableArray.CreateBuilder<EffectiveHeader>();
    private readonly ImmutableArray<EffectiveSetting>.Builder _settings = ImmutableArray.CreateBuilder<EffectiveSetting>();
    private readonly ImmutableArray<EffectiveBlock>.Builder _blocks = ImmutableArray.CreateBuilder<EffectiveBlock>();

    public BlockView Named(string name)
    {
        _header.Add(new EffectiveHeader("name", new EffectiveValue.Text(name)));
        return this;
    }

    /// <summary>A header of two words, the first of which is what the second one is.</summary>
    public BlockView Titled(string kind, string name)
    {
        _header.Add(new EffectiveHeader("kind", new EffectiveValue.Text(kind)));
        return Named(name);
    }

    public BlockView At(IpAddress address)
    {
        _header.Add(new EffectiveHeader("address", new EffectiveValue.Text(address.ToString())));
        return this;
    }

    public BlockView At(TransportEndpoint endpoint)
    {
        _header.Add(new EffectiveHeader("address", new EffectiveValue.Text(endpoint.Address.ToString())));
        _header.Add(new EffectiveHeader("port", new EffectiveValue.Number(endpoint.Port)));
        return this;
    }

    public BlockView Number(string name, long value) => Add(name, new EffectiveValue.Number(value));

    /// <param name="counts">What counts when there is no value.</param>
    public BlockView Number(string name, long? value, string otherwise, long counts) =>
        Add(name, value is { } number ? new EffectiveValue.Number(number) : new EffectiveValue.Absent(otherwise, new EffectiveValue.Number(counts)));

    public BlockView Number(string name, long? value, string otherwise) =>
        Add(name, value is { } number ? new EffectiveValue.Number(number) : new EffectiveValue.Absent(otherwise));

    public BlockView Seconds(string name, TimeSpan value) => Add(name, new EffectiveValue.Seconds(value));

    /// <param name="counts">What counts when there is no value; null when nothing does.</param>
    public BlockView Seconds(string name, TimeSpan? value, string otherwise, TimeSpan? counts = null) =>
        Add(name, value is { } time
            ? new EffectiveValue.Seconds(time)
            : new EffectiveValue.Absent(otherwise, counts is { } other ? new EffectiveValue.Seconds(other) : null, IsTime: true));

    public BlockView Text(string name, string value) => Add(name, new EffectiveValue.Text(value));

    public BlockView Text(string name, string? value, string otherwise) =>
        Add(name, value is null ? new EffectiveValue.Absent(otherwise) : new EffectiveValue.Text(value));

    public BlockView Address(string name, IpAddress? value, string otherwise, IpAddress? counts = null) =>
        value is null && counts is not null
            ? Add(name, new EffectiveValue.Absent(otherwise, new EffectiveValue.Text($"{counts}")))
            : Text(name, value?.ToString(), otherwise);

    public BlockView Fifo(string name, NotifyFifoConfig? fifo)
    {
        ImmutableArray<string> words = [.. new[] { fifo?.Path, fifo?.User, fifo?.Group }.OfType<string>()];
        return Add(name, fifo is null ? new EffectiveValue.Absent("no pipe") : new EffectiveValue.Words(words))
            .Script($"{name}_script", fifo?.Script);
    }

    /// <summary>A word that a second one may follow.</summary>
    public BlockView Words(string name, string? first, string? second, string otherwise) =>
        Add(name, first is null ? new EffectiveValue.Absent(otherwise)
            : second is null ? new EffectiveValue.Words([first])
            : new EffectiveValue.Words([first, second]));

    public BlockView Words(string name, ImmutableArray<string> words, string otherwise) =>
        Add(name, words.IsEmpty ? new EffectiveValue.Absent(otherwise) : new EffectiveValue.Words(words));

    /// <summary>One word, or those of a tunnel and its type.</summary>
    public BlockView Forwarding(string name, LoadBalanceKind? kind, ushort guePort, string otherwise = "")
    {
        string? typed = kind is { } known ? Model.Forwarding.Typed(known, guePort) : null;
        return typed?.Split(' ') is { Length: > 1 } words ? Words(name, [.. words], otherwise) : Text(name, typed, otherwise);
    }

    /// <summary>A keyword that may stand alone.</summary>
    public BlockView Bytes(string name, bool isOn, ImmutableArray<string> words, string otherwise) =>
        Add(name, !isOn ? new EffectiveValue.Absent(otherwise)
            : words.IsEmpty ? new EffectiveValue.Flag(IsOn: true)
            : new EffectiveValue.Words(words));

    /// <summary>One part that is quoted and escaped as a script's are.</summary>
    public BlockView Pattern(string name, string? value, string otherwise) =>
        Add(name, value is null ? new EffectiveValue.Absent(otherwise) : new EffectiveValue.Pattern(value));

    public BlockView Command(string name, ImmutableArray<string> parts) => Add(name, new EffectiveValue.Command(parts));

    public BlockView Script(string name, NotifyScriptConfig? script) =>
        Add(name, script is null
            ? new EffectiveValue.Absent("nothing runs")
            : new EffectiveValue.Script(script.Command, script.User, script.Group));

    public BlockView Weight(string name, int value, bool isReverse) => Add(name, new EffectiveValue.Weight(value, isReverse));

    /// <summary>All that is tracked.</summary>
    public BlockView Tracked(TrackedConfig tracked) => this
        .Entries("track_script", "script", tracked.Scripts, track => track.Name,
            new OptionView<TrackedScriptConfig>("weight", track => Weight(track.Weight, track.Reverse)))
        .Entries("track_interface", "interface", tracked.Interfaces, track => track.Name,
            new OptionView<TrackedInterfaceConfig>("weight", track => Weight(track.Weight, track.Reverse)))
        .Entries("track_file", "file", tracked.Files, track => track.Name,
            new OptionView<TrackedThingConfig>("weight", track => Weight(track.Weight, track.Reverse)))
        .Entries("track_process", "process", tracked.Processes, track => track.Name,
            new OptionView<TrackedThingConfig>("weight", track => Weight(track.Weight, track.Reverse)))
        .Entries("track_bfd", "bfd", tracked.Bfds, track => track.Name,
            new OptionView<TrackedThingConfig>("weight", track => Weight(track.Weight, track.Reverse)));

    public BlockView Flag(string name, bool isOn) => Add(name, new EffectiveValue.Flag(isOn));

    public BlockView Switch(string name, bool isOn) => Add(name, new EffectiveValue.Switch(isOn));

    public BlockView Switch(string name, bool? isOn, string otherwise, bool counts) =>
        Add(name, isOn is { } choice
            ? new EffectiveValue.Switch(choice)
            : new EffectiveValue.Absent(otherwise, new EffectiveValue.Switch(counts)));

    public BlockView Switch(string name, bool? isOn, string otherwise) =>
        Add(name, isOn is { } choice ? new EffectiveValue.Switch(choice) : new EffectiveValue.Absent(otherwise));

    public BlockView Entries<T>(string name, string entryName, IEnumerable<T> lines, Func<T, string> entry, params OptionView<T>[] options) =>
        Add(name, new EffectiveValue.Entries(
            entryName,
            [.. lines.Select(line => new EffectiveEntry(entry(line), [.. options.Select(option => option.Of(line))]))]));

    /// <summary>Lines in a language of their own.</summary>
    public BlockView Lines(string name, string lineName, IEnumerable<string> lines) => Add(
        name, new EffectiveValue.Entries(lineName, [.. lines.Select(line => new EffectiveEntry(line, [], IsWhole: true))]));

    public BlockView Block(EffectiveBlock block)
    {
        _blocks.Add(block);
        return this;
    }

    public BlockView Blocks(IEnumerable<EffectiveBlock> blocks)
    {
        _blocks.AddRange(blocks);
        return this;
    }

    public EffectiveBlock Done() => new(keyword, _header.ToImmutable(), _settings.ToImmutable(), _blocks.ToImmutable());

    private static EffectiveValue.Weight? Weight(int? value, bool isReverse) =>
        value is { } weight ? new EffectiveValue.Weight(weight, isReverse) : null;

    private BlockView Add(string name, EffectiveValue value)
    {
        _settings.Add(new EffectiveSetting(name, value, places.Find(source, name)));
        return this;
    }
}

/// <summary>An option on a line of a list; null where the line has none.</summary>
internal sealed record OptionView<T>(string Name, Func<T, EffectiveValue?> Value)
{
    public EffectiveSetting Of(T line) => new(Name, Value(line) ?? new EffectiveValue.Absent("none"), null);
}
