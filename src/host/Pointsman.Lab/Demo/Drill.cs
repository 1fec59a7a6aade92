using System.Diagnostics;
using System.Globalization;
using Pointsman.Lab.Probing;
using Pointsman.Lab.Services;
using Pointsman.Lab.Topology;

namespace Pointsman.Lab.Demo;

/// <summary>
/// What every drill is made of: do something to the lab, wait until its client sees the end of it, compare with what was
/// promised. A promise not kept is a deviating step; the drill goes on.
/// </summary>
internal sealed class Drill(RunningLab lab, Narrator narrator, CancellationToken cancel)
{
    /// <summary>Without loss for so long, a change is over.</summary>
    internal static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);

    /// <summary>So long after a change the last second holds nothing from before it.</summary>
    private static readonly TimeSpan Watch = Calm + TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    internal RunningLab Lab => lab;

    internal Narrator Narrator => narrator;

    internal string LastLogLine(string node, string text) =>
        lab.MachineOf(node).Run(["grep", "-F", text, DirectorService.Log]).Output.Split('\n')[^1];

    internal void Conclude(string name, string expected, string seen, bool ok) =>
        narrator.Conclude(new DrillStep(name, expected, seen, ok));

    /// <param name="atLeast">Not looked at earlier: what is over so soon was not seen.</param>
    /// <returns>How long it took; null when the limit passed first.</returns>
    internal TimeSpan? Wait(TimeSpan limit, Func<bool> reached, Func<string> progress, TimeSpan atLeast = default)
    {
        long startedAt = Stopwatch.GetTimestamp();
        while (true)
        {
            if (Stopwatch.GetElapsedTime(startedAt) >= atLeast && reached())
            {
                return Stopwatch.GetElapsedTime(startedAt);
            }

            if (Stopwatch.GetElapsedTime(startedAt) >= limit)
            {
                return null;
            }

            narrator.Progress(progress);
            Pass(LookInterval);
        }
    }

    /// <summary>Lets the client ask for a while.</summary>
    internal void Pass(TimeSpan time)
    {
        cancel.WaitHandle.WaitOne(time);
        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>Waits until this director holds the virtual IPs and the client has lost nothing for a while.</summary>
    internal TimeSpan? WaitForService(ProbeSession probe, string master, TimeSpan limit)
    {
        return Wait(
            limit,
            () => lab.View.Master == master && IsCalm(probe.Recent(Calm)),
            () => string.Create(CultureInfo.InvariantCulture, $"master: {lab.View.Master ?? "none"}; in the last second {Text(probe.Recent(Calm))}"),
            Watch);
    }

    internal static bool IsCalm(ProbeReport recent) => recent is { Lost: 0, Answered: > 0 };

    /// <summary>
    /// One change of the directors: does it, waits until the client is served again, and compares the client's outage with
    /// the promise.
    /// </summary>
    internal void ChangeOver(ProbeSession probe, string name, Action change, string nextMaster, double promisedMs)
    {
        probe.Report();
        narrator.Say(name);
        change();
        TimeSpan? took = WaitForService(probe, nextMaster, TimeSpan.FromMilliseconds(promisedMs) + TimeSpan.FromSeconds(25));
        ProbeReport report = probe.Report();
        Conclude(
            name,
            string.Create(CultureInfo.InvariantCulture, $"{nextMaster} serves, outage <= {promisedMs:0} ms"),
            took is null
                ? $"{nextMaster} does not serve; {Text(report)}"
                : string.Create(CultureInfo.InvariantCulture, $"outage {report.OutageMs:0} ms, {report.Lost} of {report.Sent} lost"),
            took is not null && report.OutageMs <= promisedMs);
    }

    /// <summary>
    /// Whether the master balances to this server. Asked of its table, not seen from the clients: a scheduler that counts
    /// connections avoids a server that does not answer long before a check has found it.
    /// </summary>
    private bool InTable(string server) =>
        lab.View.Master is { } master
        && lab.MachineOf(master).RunChecked(["ipvsadm", "-Ln"])
            .Contains($"-> {lab.Topology.Node(server).Address}:", StringComparison.Ordinal);

    /// <summary>Takes a real server away and waits until the master has found out and the clients lose nothing more.</summary>
    internal void LoseServer(ProbeSession probe, string name, string server, Action lose, TimeSpan promised)
    {
        probe.Report();
        narrator.Say(name);
        lose();
        TimeSpan? took = Wait(
            promised + TimeSpan.FromSeconds(15),
            () => probe.Recent(Calm) is var recent && IsCalm(recent) && recent.From(server) == 0 && !InTable(server),
            () => $"{server} is {(InTable(server) ? "still" : "no longer")} in the table: in the last second {Text(probe.Recent(Calm))}",
            Watch);
        ProbeReport report = probe.Report();
        // The calm second that proves it is not part of it.
        double seconds = Math.Max(0, ((took ?? Watch) - Watch).TotalSeconds);
        Conclude(
            name,
            string.Create(CultureInfo.InvariantCulture, $"out of the table in <= {promised.TotalSeconds:0} s"),
            took is null
                ? $"still in the table; {Text(report)}"
                : string.Create(CultureInfo.InvariantCulture, $"out after {seconds:0.0} s, {report.Lost} of {report.Sent} lost"),
            took is not null && seconds <= promised.TotalSeconds);
    }

    /// <summary>Brings a real server back and waits until it gets clients again.</summary>
    internal void RegainServer(ProbeSession probe, string name, string server, Action regain, TimeSpan promised)
    {
        probe.Report();
        narrator.Say(name);
        regain();
        TimeSpan? took = Wait(
            promised + TimeSpan.FromSeconds(15),
            () => probe.Recent(Calm).From(server) > 0 && InTable(server),
            () => $"{server} is {(InTable(server) ? "" : "not ")}in the table: in the last second {Text(probe.Recent(Calm))}");
        Pass(Calm);
        ProbeReport report = probe.Report();
        Conclude(
            name,
            string.Create(CultureInfo.InvariantCulture, $"serves again in <= {promised.TotalSeconds:0} s, none lost"),
            took is null
                ? $"gets no clients; {Text(report)}"
                : string.Create(CultureInfo.InvariantCulture, $"serves after {took.Value.TotalSeconds:0.0} s, {report.Lost} of {report.Sent} lost"),
            took <= promised && report.Lost == 0);
    }

    internal void Halt(string node) => lab.Services.Stop(node, LabService.Director);

    internal void Boot(string node) => lab.Services.Start(node, LabService.Director);

    internal void Kill(string node) => lab.Services.Kill(node, LabService.Director);

    internal static string Text(ProbeReport report)
    {
        string servers = string.Join(", ", report.PerServer.Select(pair => $"{pair.Key} {pair.Value}"));
        return $"{(servers.Length == 0 ? "no answers" : servers)}, {report.Lost} lost";
    }
}
