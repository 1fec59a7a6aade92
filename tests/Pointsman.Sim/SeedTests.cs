using System.Collections.Concurrent;
using System.Globalization;
using Pointsman.Sim.World;

namespace Pointsman.Sim;

/// <summary>Many seeds, all rules. The environment chooses other seeds than the usual ones.</summary>
public sealed class SeedTests
{
    private const string FirstVariable = "POINTSMAN_SIM_FIRST";
    private const string CountVariable = "POINTSMAN_SIM_SEEDS";
    private const int UsualCount = 2000;
    private const int MostTold = 5;

    [Fact]
    public void ManySeeds_EveryRuleHolds()
    {
        ulong first = Read(FirstVariable, 1);
        ulong count = Read(CountVariable, UsualCount);
        var failures = new ConcurrentQueue<ulong>();
        Parallel.For((long)first, (long)(first + count), (seed, loop) =>
        {
            if (SeededRun.Play((ulong)seed).BrokenRule is not null)
            {
                failures.Enqueue((ulong)seed);
                if (failures.Count >= MostTold)
                {
                    loop.Stop();
                }
            }
        });

        Assert.True(failures.IsEmpty, string.Join('\n', failures.Order().Select(seed => Tell(SeededRun.Play(seed, isLogged: true)))));
    }

    [Fact]
    public void SameSeed_GivesTheSameLog_ToTheByte()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            Assert.Equal(SeededRun.Play(seed, isLogged: true).Log, SeededRun.Play(seed, isLogged: true).Log);
        }
    }

    [Fact]
    public void OtherSeed_GivesAnotherLog() => Assert.NotEqual(SeededRun.Play(1, isLogged: true).Log, SeededRun.Play(2, isLogged: true).Log);

    private static ulong Read(string variable, ulong usual) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? ulong.Parse(text, CultureInfo.InvariantCulture)
            : usual;

    /// <summary>Keeps the run's log and says how to see it again.</summary>
    private static string Tell(SeededRun run)
    {
        string program = Environment.ProcessPath ?? "Pointsman.Sim";
        string folder = Path.Combine(AppContext.BaseDirectory, "failures");
        Directory.CreateDirectory(folder);
        string log = Path.Combine(folder, $"seed-{run.Seed}.log");
        File.WriteAllText(log, run.Log);
        return $"""
            seed {run.Seed}: {run.Failure}
              events: {log}
              replay: {FirstVariable}={run.Seed} {CountVariable}=1 {program} -method {typeof(SeedTests).FullName}.{nameof(ManySeeds_EveryRuleHolds)}
            """;
    }
}
