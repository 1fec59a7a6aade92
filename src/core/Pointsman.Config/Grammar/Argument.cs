using System.Collections.Immutable;
using System.Globalization;

namespace Pointsman.Config.Grammar;

/// <summary>What a keyword takes: its kind, range, unit and, for a choice, the words.</summary>
internal sealed record Argument(ArgumentKind Kind, string Description)
{
    public decimal Minimum { get; private init; }

    public decimal Maximum { get; private init; }

    /// <summary>The words of a choice that work here.</summary>
    public ImmutableArray<string> Choices { get; private init; } = [];

    /// <summary>Choices written in any case (<c>protocol tcp</c>).</summary>
    public bool IgnoresCase { get; private init; }

    /// <summary>The second word of an endpoint may be left out.</summary>
    public bool IsPortOptional { get; private init; }

    /// <summary>The keyword may stand alone.</summary>
    public bool MayBeEmpty { get; private init; }

    public bool IsMulticast { get; private init; }

    public static Argument Nothing { get; } = new(ArgumentKind.Nothing, "no argument");

    public static Argument Boolean { get; } = new(ArgumentKind.Boolean, "on or off (true, false, yes, no)");

    public static Argument Interface { get; } = new(ArgumentKind.Interface, "the name of a network interface");

    public static Argument Address { get; } = new(ArgumentKind.Address, "an IP address");

    public static Argument Multicast { get; } = new(ArgumentKind.Address, "a multicast address") { IsMulticast = true };

    public static Argument Endpoint { get; } = new(ArgumentKind.Endpoint, "an IP address and a port");

    public static Argument VirtualService { get; } =
        new(ArgumentKind.Endpoint, "an IP address and a port (0: all), `group NAME` or `fwmark NUMBER`") { IsPortOptional = true };

    public static Argument EndpointWithOptionalPort { get; } =
        new(ArgumentKind.Endpoint, "an IP address and a port") { IsPortOptional = true };

    public static Argument Netmask { get; } = new(ArgumentKind.Netmask, "a netmask");

    /// <summary>A netmask for IPv4, a length for IPv6.</summary>
    public static Argument ClientNetwork { get; } =
        new(ArgumentKind.Netmask, "a netmask; over IPv6 a prefix length from 1 to 128") { Minimum = 1, Maximum = 128 };

    public static Argument Host { get; } = new(ArgumentKind.Host, "an address or host name, and a port if it is not 25");

    public static Argument UserAndGroup { get; } = new(ArgumentKind.UserAndGroup, "a user, and a group if needed");

    public static Argument Command { get; } = new(ArgumentKind.Command, "a program and its arguments");

    /// <summary>One pattern, in quotes if it has blanks; a backslash begins an escape, and is written twice to stand for itself.</summary>
    public static Argument Pattern { get; } = new(ArgumentKind.Command, "a Perl-compatible pattern");

    public string Range => string.Create(CultureInfo.InvariantCulture, $"{Minimum}..{Maximum}");

    public static Argument Text(string description) => new(ArgumentKind.Text, description);

    public static Argument Texts(string description) => new(ArgumentKind.Texts, description);

    public static Argument OptionalTexts(string description) => Texts(description) with { MayBeEmpty = true };

    public static Argument Number(long minimum, long maximum) =>
        new(ArgumentKind.Number, string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum} to {maximum}"))
        {
            Minimum = minimum,
            Maximum = maximum,
        };

    public static Argument Weight(int limit) => Number(-limit, limit) with { Kind = ArgumentKind.Weight };

    public static Argument Seconds(decimal minimum, decimal maximum) =>
        new(ArgumentKind.Seconds, string.Create(CultureInfo.InvariantCulture, $"seconds from {minimum} to {maximum}"))
        {
            Minimum = minimum,
            Maximum = maximum,
        };

    public static Argument OptionalSeconds(decimal minimum, decimal maximum) =>
        Seconds(minimum, maximum) with { Kind = ArgumentKind.OptionalSeconds };

    public static Argument Choice(ImmutableArray<string> choices, bool ignoresCase = false) =>
        new(ArgumentKind.Choice, choices.Length == 1 ? $"`{choices[0]}`" : $"one of {string.Join(", ", choices)}")
        {
            Choices = choices,
            IgnoresCase = ignoresCase,
        };
}
