using System.Text.Json;
using Pointsman.Lab.Probing;
using Pointsman.Lab.Topology;
using Pointsman.Lab.Views;

namespace Pointsman.Lab.Tests;

/// <summary>Directors that are each other's real servers: what the drill does not look at.</summary>
public sealed class ColocatedTests(ColocatedTests.Colocated colocated) : IClassFixture<ColocatedTests.Colocated>
{
    private const string Vip = "192.168.1.200";
    private static readonly string[] s_directors = ["lb1", "lb2"];

    [Fact]
    public void Persistence_AClientStaysWithItsServer_ClientsAreSpread()
    {
        RunningLab lab = colocated.Settled();
        string[] clients = [.. lab.Topology.Node("client").Addresses];

        string?[] first = [.. clients.Select(client => colocated.Ask(Vip, client))];
        string?[] second = [.. clients.Select(client => colocated.Ask(Vip, client))];

        Assert.Equal(first, second);
        Assert.Contains("lb1", first);
        Assert.Contains("lb2", first);
    }

    [Fact]
    public void NginxStopsOnTheMaster_TrackScriptMovesTheVip_OtherServes()
    {
        RunningLab lab = colocated.Settled();

        lab.Services.Stop("lb1", LabService.Nginx);
        lab.View.WaitForMaster("lb2", PointsmanLab.StateLimit);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "lb1 out of the table", () => !colocated.Balances("lb2", "lb1"));

        Assert.All(lab.Topology.Node("client").Addresses, client => Assert.Equal("lb2", colocated.Ask(Vip, client)));

        lab.Services.Start("lb1", LabService.Nginx);
        lab.View.WaitForMaster("lb1", PointsmanLab.StateLimit);
    }

    [Fact]
    public void DatabaseClients_AreBalancedInTurn()
    {
        RunningLab lab = colocated.Settled();

        string[] answers =
        [
            .. Enumerable.Range(0, 4).Select(_ => lab.Client.RunChecked(
                ["psql", "-h", Vip, "-U", "postgres", "-Atc", "show cluster_name"])),
        ];

        Assert.Equal(2, answers.Count(answer => answer == "db1"));
        Assert.Equal(2, answers.Count(answer => answer == "db2"));
    }

    [Fact]
    public void HeldFlowsOverMasterGoneAndBack_SamePortsAgain_NoFrameReturns()
    {
        RunningLab lab = colocated.Settled();
        string clients = string.Join(',', lab.Topology.Node("client").Addresses);
        using ProbeSession probe = ProbeSession.Http(
            lab, Vip + ":80", "--rate", "100", "--deadline", "900", "--from", clients, "--ports", "30001-30005");
        using ProbeSession held = ProbeSession.Hold(lab, Vip + ":80", "--count", "8", "--from", clients);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "answers on all", () => held.ReportHeld().All(connection => connection.Answers > 3));

        lab.Services.Kill("lb1", LabService.Director);
        lab.View.WaitForMaster("lb2", PointsmanLab.StateLimit);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "service under lb2", () => probe.Recent(TimeSpan.FromSeconds(1)) is { Lost: 0, Answered: > 30 });
        lab.Services.Start("lb1", LabService.Director);
        lab.View.WaitForMaster("lb1", PointsmanLab.StateLimit);
        FallSilent(lab, probe, held);
        lab.Traffic.ReadAndReset();
        probe.Report();
        held.Go();
        probe.Go();

        // Forty ports, a hundred requests a second: each is used several times under each director.
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "many requests under lb1", () => probe.Recent(TimeSpan.FromSeconds(3)).Answered > 250);
        Assert.Equal(0, probe.Report().Lost);
        FallSilent(lab, probe, held);

        TrafficCount count = lab.Traffic.Read();
        Assert.Equal(0, count.FromDirectorsTo("lb1"));
        Assert.InRange(count.FromDirectorsTo("lb2"), 1, count.FromClient);
        Assert.Equal(count.FromClient + count.FromDirectorsTo("lb2"), count.OnTheWire);
    }

    // Each balances, and asks the other through the VIP: a check that was balanced on would come back to its sender and be lost.
    [Fact]
    public void BothAreMaster_NeitherTakesTheOtherOut()
    {
        RunningLab lab = colocated.Settled();
        int[] removals = [.. s_directors.Select(Removals)];
        lab.Faults.DropVrrp("lb1", "lb2", oneWay: false);
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "two masters", () => lab.View.HoldersOf(Vip).Count == 2);
        long[] checks = [.. s_directors.Select(director => Finished(lab, director))];

        // Four checks a delay loop: each server was asked at least thrice, both masters all the while.
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "three rounds of checks", () =>
            s_directors.Zip(checks).All(director => Finished(lab, director.First) >= director.Second + 16));
        Assert.Equal(2, lab.View.HoldersOf(Vip).Count);
        foreach (string director in s_directors)
        {
            string other = s_directors.Single(name => name != director);
            string report = lab.MachineOf(director).RunChecked([lab.Options.ProgramPath, "status", lab.Topology.Node(other).Address]);
            Assert.Contains("(through 192.168.1.200:80)", report, StringComparison.Ordinal);
            Assert.DoesNotContain("FAILED", report.Split('\n').Skip(3).Take(2).Aggregate("", string.Concat), StringComparison.Ordinal);
            Assert.True(colocated.Balances(director, other));
        }

        Assert.Equal(removals, s_directors.Select(Removals));
        lab.Faults.AllowVrrp("lb1", "lb2");
        lab.View.WaitForMaster("lb1", PointsmanLab.StateLimit);
    }

    private static long Finished(RunningLab lab, string director)
    {
        using var status = JsonDocument.Parse(lab.MachineOf(director).RunChecked([lab.Options.ProgramPath, "status", "--json"]));
        return status.RootElement.GetProperty("checks").GetProperty("finished").GetInt64();
    }

    private int Removals(string director) =>
        colocated.LogOf(director).Count(line => line.Contains("Removing service", StringComparison.Ordinal));

    // Until not one frame to the VIP has crossed the wire for a second.
    private static void FallSilent(RunningLab lab, ProbeSession probe, ProbeSession held)
    {
        probe.Pause();
        held.Pause();
        Poll.UntilOrThrow(PointsmanLab.StateLimit, "a silent wire", () =>
        {
            long before = lab.Traffic.Read().OnTheWire;
            return Poll.Until(TimeSpan.FromSeconds(1), () => lab.Traffic.Read().OnTheWire != before) is null;
        });
    }

    public sealed class Colocated() : PointsmanLab("colocated");
}
