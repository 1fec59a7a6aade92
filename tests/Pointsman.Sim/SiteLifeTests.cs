using System.Collections.Concurrent;
using System.Globalization;
using Pointsman.Sim.Calms;
using Pointsman.Sim.Rules;
using Pointsman.Sim.World;

namespace Pointsman.Sim;

/// <summary>Years of many sites, in which calm is leapt over; and the proof that leaping changes nothing.</summary>
public sealed class SiteLifeTests(ITestOutputHelper output)
{
    private const string CountVariable = "POINTSMAN_SIM_LIVES";
    private const int UsualCount = 20;
    private const int Troubles = 180;
    private const int MostTold = 3;
    private static readonly TimeSpan s_longestCalm = TimeSpan.FromHours(410);

    [Fact]
    public void ManyLives_EveryRuleHolds()
    {
        int count = Environment.GetEnvironmentVariable(CountVariable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : UsualCount;
        var lives = new ConcurrentQueue<SiteLife>();
        Parallel.For(1, count + 1, seed => lives.Enqueue(SiteLife.Play((ulong)seed, Troubles, s_longestCalm)));

        double played = lives.Sum(life => life.Played.TotalHours);
        double leapt = lives.Sum(life => life.Leapt.TotalHours);
        int givenUp = lives.Sum(life => life.GivenUp);
        int leaps = lives.Sum(life => life.Leaps.Count);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{played + leapt:0} hours of {count} sites, {leapt:0} of them leapt over; {lives.Sum(life => life.Troubles)} troubles with {lives.Sum(life => life.Misfortunes)} misfortunes and {lives.Sum(life => life.HostilePackets)} hostile packets; {leaps} calms came round and were leapt, {givenUp} did not and were cut short"));

        string[] failures = [.. lives.Where(life => life.BrokenRule is not null).OrderBy(life => life.Seed)
            .Take(MostTold).Select(life => Tell(SiteLife.Play(life.Seed, Troubles, s_longestCalm, isLogged: true)))];
        Assert.True(givenUp <= leaps / 100, $"{givenUp} calms did not come round");
        Assert.True(failures.Length == 0, string.Join('\n', failures));
    }

    [Fact]
    public void BrokenNode_IsCaughtInALifeToo()
    {
        SiteLife life = SiteLife.Play(1, Troubles, s_longestCalm, mutant: Mutant.KeepsAddresses);
        Assert.Equal(nameof(AddressesFollowTheState), life.BrokenRule);
    }

    [Fact]
    public void Life_LeaptOrPlayed_IsTheSame()
    {
        for (ulong seed = 1; seed <= 8; seed++)
        {
            SiteLife leapt = SiteLife.Play(seed, troubles: 10, TimeSpan.FromMinutes(40), isLogged: true);
            SiteLife played = SiteLife.Play(seed, troubles: 10, TimeSpan.FromMinutes(40), leaps: false, isLogged: true);

            Assert.True(leapt.Leapt > TimeSpan.Zero, $"life {seed} leaps");
            Assert.Equal(0, leapt.GivenUp);
            Assert.Equal(TimeSpan.Zero, played.Leapt);
            List<LogEntry> all = LogEntry.Read(played.Log);
            Assert.Equal(LogEntry.Read(leapt.Log), all.Where(entry => !leapt.Leaps.Any(entry.IsIn)));
            foreach (CalmLeap leap in leapt.Leaps)
            {
                LogEntry[] round = [.. all.Where(entry => entry.IsIn(leap with { From = leap.From - leap.Round, Span = leap.Round }))];
                for (TimeSpan at = TimeSpan.Zero; at < leap.Span; at += leap.Round)
                {
                    CalmLeap later = leap with { From = leap.From + at, Span = leap.Round };
                    Assert.Equal(round.Select(entry => entry.Later(at + leap.Round)), all.Where(entry => entry.IsIn(later)));
                }
            }
        }
    }

    private static string Tell(SiteLife life)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "failures");
        Directory.CreateDirectory(folder);
        string log = Path.Combine(folder, $"life-{life.Seed}.log");
        File.WriteAllText(log, life.Log);
        return $"life {life.Seed}: {life.Failure}\n  events: {log}";
    }
}
