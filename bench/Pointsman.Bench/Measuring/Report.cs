using System.Globalization;
using System.Text.Json;

namespace Pointsman.Bench.Measuring;

/// <summary>What a benchmark found, for people and for programs.</summary>
internal sealed record Report(string Benchmark, string Method, IReadOnlyList<Figure> Figures)
{
    internal bool ReachesAims => Figures.All(figure => figure.Aim is null || figure.Aim.IsMetBy(figure.Value));

    internal void Print(TextWriter output, bool asJson)
    {
        if (asJson)
        {
            output.WriteLine(JsonSerializer.Serialize(Record(), BenchJson.Default.ReportRecord));
            return;
        }

        output.WriteLine($"{Benchmark}: {Method}");
        output.WriteLine();
        int nameWidth = Figures.Max(figure => figure.Name.Length);
        foreach (Figure figure in Figures)
        {
            string name = figure.Name.PadRight(nameWidth);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {name}  {figure.Value,10:0.00} {figure.Unit,-6} {figure.Aim?.ToString() ?? "",-9} {figure.Verdict}").TrimEnd());
        }
    }

    private ReportRecord Record() => new(
        Benchmark,
        Method,
        ReachesAims,
        [.. Figures.Select(figure => new FigureRecord(
            figure.Name, Math.Round(figure.Value, 3), figure.Unit, figure.Aim?.ToString(), figure.Aim?.IsMetBy(figure.Value)))]);
}
