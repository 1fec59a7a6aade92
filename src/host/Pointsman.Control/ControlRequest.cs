using System.Collections.Immutable;

namespace Pointsman.Control;

/// <summary>One line to the daemon.</summary>
public sealed record ControlRequest
{
    public ControlRequest()
    {
    }

    public ControlRequest(string verb, params ImmutableArray<string> arguments)
    {
        Verb = verb;
        Arguments = arguments;
    }

    public string Verb { get; init; } = "";

    public ImmutableArray<string> Arguments { get; init; } = [];
}
