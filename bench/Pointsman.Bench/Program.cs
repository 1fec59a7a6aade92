using Pointsman.Bench.Checks;
using Pointsman.Bench.Config;
using Pointsman.Bench.Cost;
using Pointsman.Bench.Datapath;
using Pointsman.Bench.Flood;
using Pointsman.Bench.Forward;
using Pointsman.Bench.Http;
using Pointsman.Bench.Measuring;
using Pointsman.Bench.Outage;
using Pointsman.Bench.Reload;
using Pointsman.Bench.Vrrp;

const string Usage = "usage: bench/run checks|config|cost|datapath|flood|forward|http|outage|reload|vrrp [--json] [--rounds N] [--rows A,B (cost, vrrp)]";
const string ProgramVariable = "POINTSMAN_PROGRAM";
bool asJson = false;
int? rounds = null;
string[] rows = [];
for (int at = 1; at < args.Length; at++)
{
    string? value = at + 1 < args.Length ? args[at + 1] : null;
    if (args[at] == "--json")
    {
        asJson = true;
    }
    else if (args[at] == "--rounds" && int.TryParse(value, out int given) && given >= 1)
    {
        rounds = given;
        at++;
    }
    else if (args[at] == "--rows" && value is not null)
    {
        rows = value.Split(',');
        at++;
    }
    else
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }
}

string[] rowNames = args.FirstOrDefault() == "cost" ? CostBench.RowNames : VrrpBench.RowNames;
if (rows.Except(rowNames).FirstOrDefault() is { } unknown)
{
    Console.Error.WriteLine($"no such row: {unknown}; there are {string.Join(", ", rowNames)}");
    return 2;
}

Report? report = args.FirstOrDefault() switch
{
    "checks" => CheckBench.Run(rounds ?? 3, Program()),
    "config" => ConfigBench.Run(rounds ?? 5, Program()),
    "cost" => CostBench.Run(rounds ?? 5, rows),
    "datapath" => DatapathBench.Run(rounds ?? 11),
    "outage" => OutageBench.Run(rounds ?? 10, Program()),
    "flood" => FloodBench.Run(rounds ?? 3, Program()),
    "forward" => ForwardBench.Run(rounds ?? 5),
    "http" => HttpBench.Run(rounds ?? 5, Program()),
    "vrrp" => VrrpBench.Run(rounds ?? 20, Program(), rows),
    "reload" => ReloadBench.Run(rounds ?? 5, Program()),
    _ => null,
};
if (report is null)
{
    Console.Error.WriteLine(Usage);
    return 2;
}

report.Print(Console.Out, asJson);
return report.ReachesAims ? 0 : 1;

static string Program() => Environment.GetEnvironmentVariable(ProgramVariable)
    ?? throw new InvalidOperationException($"{ProgramVariable} does not name the program; bench/run sets it");
