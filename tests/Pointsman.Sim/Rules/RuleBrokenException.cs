namespace Pointsman.Sim.Rules;

/// <summary>Something happened that must never happen.</summary>
internal sealed class RuleBrokenException(string rule, string message) : Exception($"{rule}: {message}")
{
    public string Rule => rule;
}
