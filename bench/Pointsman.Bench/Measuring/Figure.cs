namespace Pointsman.Bench.Measuring;

/// <summary>One measured number.</summary>
/// <param name="Aim">Null: told for comparison only.</param>
internal sealed record Figure(string Name, double Value, string Unit, Aim? Aim = null)
{
    internal string Verdict => Aim is null ? "" : Aim.IsMetBy(Value) ? "PASS" : "MISS";
}
