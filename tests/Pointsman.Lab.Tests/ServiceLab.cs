using Pointsman.Lab.Machines;

namespace Pointsman.Lab.Tests;

/// <summary>
/// The classic lab, with services of a test's own on lb1 beside those of its file, and scripts that note what they are told. The
/// test says by files how its servers are, so that it turns them when it wants.
/// </summary>
public sealed class ServiceLab() : PointsmanLab("classic")
{
    /// <summary>Theirs alone; both web servers have it on lo.</summary>
    public const string Vip = "192.168.1.202";

    private const string ConfigFile = "/etc/keepalived/keepalived.conf";
    private const string Said = "/tmp/said";

    private string? _file;
    private string _services = "";

    /// <summary>lb1's file with these services as well, and with nothing of a test before.</summary>
    public RunningLab With(string services)
    {
        RunningLab lab = Settled();
        Machine director = lab.MachineOf("lb1");
        if (_file is null)
        {
            _file = director.RunChecked(["cat", ConfigFile]) + "\n";
            director.WriteFile("/tmp/say", $"#!/bin/sh\necho \"$@\" >> {Said}\n");
            director.RunChecked(["chmod", "755", "/tmp/say"]);
            foreach (string server in (string[])["web1", "web2"])
            {
                lab.MachineOf(server).RunChecked(["ip", "addr", "replace", $"{Vip}/32", "dev", "lo"]);
            }
        }

        Apply(lab, _file);
        director.RunChecked(["sh", "-c", $"rm -f /tmp/is-*; : > {Said}"]);
        _services = services;
        return lab;
    }

    /// <summary>After the files that checks look at are there.</summary>
    /// <param name="globals">Lines for <c>global_defs</c>.</param>
    /// <returns>What the reload says.</returns>
    public string Begin(RunningLab lab, string globals = "")
    {
        string file = _file!.Replace("        192.168.1.200\n", $"        192.168.1.200\n        {Vip}\n", StringComparison.Ordinal)
            .Replace("   smtp_server 127.0.0.1\n", globals.Length == 0 ? "   smtp_server 127.0.0.1\n" : globals, StringComparison.Ordinal);
        return Apply(lab, file + _services);
    }

    /// <summary>Other services from now on, with nothing in between.</summary>
    /// <returns>What the reload says.</returns>
    public string Change(RunningLab lab, string services)
    {
        _services = services;
        return Begin(lab);
    }

    public static void Set(RunningLab lab, string file, string text = "") => lab.MachineOf("lb1").WriteFile($"/tmp/is-{file}", text);

    public static void Unset(RunningLab lab, string file) => lab.MachineOf("lb1").RunChecked(["rm", "-f", $"/tmp/is-{file}"]);

    /// <summary>What the scripts were told, in the order they came.</summary>
    public static string[] Told(RunningLab lab) =>
        lab.MachineOf("lb1").RunChecked(["cat", Said]).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static void WaitUntilTold(RunningLab lab, params string[] lines) => Poll.UntilOrThrow(
        StateLimit, $"told {string.Join(", ", lines)}", () => lines.All(Told(lab).Contains));

    /// <summary>The servers of a service with their weights, as ipvsadm lists them: <c>192.168.1.130 3</c>.</summary>
    public static string[] Table(RunningLab lab, int port = 80, string director = "lb1")
    {
        string listing = lab.MachineOf(director).RunChecked(["ipvsadm", "-Ln"]);
        string[] rows = [.. listing.Split('\n').SkipWhile(row => !row.StartsWith($"TCP  {Vip}:{port} ", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(row => row.StartsWith("  ->", StringComparison.Ordinal))];
        return [.. rows.Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(cells => $"{cells[1].Split(':')[0]} {cells[3]}")];
    }

    public static void WaitForTable(RunningLab lab, params string[] servers) => WaitForTable(lab, 80, servers);

    public static void WaitForTable(RunningLab lab, int port, params string[] servers) => Poll.UntilOrThrow(
        StateLimit, $"in the table of port {port}: {string.Join(", ", servers)}", () => Table(lab, port).SequenceEqual(servers));

    public static string Apply(RunningLab lab, string file)
    {
        lab.MachineOf("lb1").WriteFile(ConfigFile, file);
        CommandResult reload = lab.MachineOf("lb1").Run([lab.Options.ProgramPath, "reload"]);
        Assert.True(reload.ExitCode == 0, reload.Output + reload.Error);
        return reload.Output;
    }
}
