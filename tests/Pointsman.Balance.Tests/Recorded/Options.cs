namespace Pointsman.Balance.Tests.Recorded;

/// <summary>The options of an ipvsadm command in a scenario: a dash and a letter, most with a value.</summary>
internal sealed class Options(string[] words)
{
    /// <summary>The option's value; null when it is not there.</summary>
    public string? this[string name] => Array.IndexOf(words, name) is >= 0 and int at ? words[at + 1] : null;

    public int Number(string name, int otherwise) =>
        this[name] is { } value ? ScenarioPlayer.Number(value) : otherwise;

    public bool Has(string name) => words.Contains(name);
}
