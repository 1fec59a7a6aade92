using Pointsman.Tests;

namespace Pointsman.Balance.Tests.Recorded;

/// <summary>The options of an ipvsadm command in a scenario: a dash and a letter, most with a value.</summary>
internal sealed class Options(string[] words)
{
    private static readonly string[] s_kinds = ["-t", "-u", "--sctp-service", "-f"];

    /// <summary>What names the service: <c>-t 10.0.0.1:80</c>, <c>-f 9</c>, <c>-f 9 -6</c>; null when nothing does.</summary>
    public string? Service => s_kinds.FirstOrDefault(Has) is { } kind ? $"{kind} {this[kind]}{(Has("-6") ? " -6" : "")}" : null;

    /// <summary>The option's value; null when it is not there.</summary>
    public string? this[string name] => Array.IndexOf(words, name) is >= 0 and int at ? words[at + 1] : null;

    public int Number(string name, int otherwise) =>
        this[name] is { } value ? ScenarioWords.Number(value) : otherwise;

    public bool Has(string name) => words.Contains(name);
}
