using Pointsman.Bench.Datapath;
using Pointsman.Bench.Forward;
using Pointsman.Bench.Measuring;

const string Usage = "usage: bench/run datapath|forward [--json] [--rounds N]";
bool asJson = args.Contains("--json");
int roundsAt = Array.IndexOf(args, "--rounds") + 1;
int? rounds = null;
if (roundsAt > 0)
{
    if (roundsAt == args.Length || !int.TryParse(args[roundsAt], out int given) || given < 1)
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }

    rounds = given;
}

Report? report = args.FirstOrDefault() switch
{
    "datapath" => DatapathBench.Run(rounds ?? 11),
    "forward" => ForwardBench.Run(rounds ?? 5),
    _ => null,
};
if (report is null)
{
    Console.Error.WriteLine(Usage);
    return 2;
}

report.Print(Console.Out, asJson);
return report.ReachesAims ? 0 : 1;
