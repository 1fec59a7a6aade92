using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Pointsman.App.Ipvsadm;
using Pointsman.App.Run;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Dataplane;
using Pointsman.Engine;
using Pointsman.Engine.ByHand;
using Pointsman.Tests;

namespace Pointsman.App.Tests.Ipvsadm;

/// <summary>
/// Plays what ipvsadm 1.31 answered over Linux's IPVS, line by line, against ours: the words, the listings, the exit codes.
/// Behind it is all of a daemon but the packets: what is set by hand, and what the data path refuses.
/// </summary>
public sealed partial class RecordedRunTests : IDisposable
{
    /// <summary>What ours answers otherwise, and why; the rest of the recording goes without it.</summary>
    private static readonly Dictionary<string, string> Otherwise = new(StringComparer.Ordinal)
    {
        ["ipvsadm -A -f 4294967295 -s rr"] = "fwmark 4294967295: marks up to 268435455 can be balanced\n[exit 255]\n",
    };

    /// <summary>Ours has this scheduler, Debian's kernel does not; the two scripts are Debian's.</summary>
    private static readonly string[] NotPlayed = ["-s twos", "ipvsadm-save"];

    /// <summary>Left out of listings: what was refused, and 10.0.0.1, which ipvsadm's subtraction takes to be above 192.0.2.1.</summary>
    private static readonly string[] NotCompared = ["FWM  -1 ", "-A -f -1 ", "10.0.0.1:82 "];

    /// <summary>Refused here: answers to datagrams that nobody remembers, by NAT.</summary>
    private static readonly (string Recorded, string Played)[] InPlaceOf =
    [
        ("-r 198.51.100.1:53 -m", "-r 198.51.100.1:53 -g"),
        ("-r 198.51.100.1:domain -m", "-r 198.51.100.1:domain -g"),
        ("198.51.100.1:53              Masq ", "198.51.100.1:53              Route"),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-recorded-").FullName;
    private readonly Dictionary<string, string> _files = [];
    private readonly ByHandPart _byHand;
    private int _played;

    public RecordedRunTests() => _byHand = new ByHandPart(new RunPaths(_folder, "/nowhere"), NullLogger.Instance);

    [Theory]
    [InlineData("empty", 5)]
    [InlineData("errors", 64)]
    [InlineData("schedulers", 32)]
    [InlineData("kinds", 55)]
    [InlineData("restore", 17)]
    public void Recording_IsWhatOursAnswers(string name, int least)
    {
        string recording = File.ReadAllText(SourceTree.PathOf("tests", "Pointsman.App.Tests", "Ipvsadm", "Recorded", "runs", $"{name}.txt"));
        recording = name == "restore" ? InPlaceOf.Aggregate(recording, (text, pair) => text.Replace(pair.Recorded, pair.Played, StringComparison.Ordinal)) : recording;
        var recorded = new StringBuilder();
        var answered = new StringBuilder();
        foreach (string step in recording.Split("\n$ ").Skip(1))
        {
            (string command, string answer) = step.Split('\n', 2) is [var first, var rest] ? (first, rest) : (step, "");
            answer = answer.Length == 0 || answer.EndsWith('\n') ? answer : answer + "\n";
            if (!NotPlayed.Any(part => command.Contains(part, StringComparison.Ordinal)))
            {
                recorded.Append($"$ {command}\n{Comparable(Otherwise.GetValueOrDefault(command, answer), command)}");
                answered.Append($"$ {command}\n{Comparable(Play(command, answer), command)}");
            }
        }

        Assert.Equal(recorded.ToString(), answered.ToString());
        Assert.InRange(_played, least, 200);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Without sorting IPVS lists in the order of its hash table.
    private static string Comparable(string text, string command)
    {
        IEnumerable<string> lines = text.Split('\n').Where(line => !NotCompared.Any(part => (line + " ").Contains(part, StringComparison.Ordinal)));
        return string.Join('\n', command.Contains("--nosort", StringComparison.Ordinal) ? lines.Order(StringComparer.Ordinal) : lines);
    }

    // What the recordings use of a shell.
    private string Play(string command, string recorded)
    {
        _played++;
        if (command == "cat rules")
        {
            return _files["rules"] = recorded;
        }

        string answer = "";
        foreach (string part in command.Split("; "))
        {
            answer = part.Split(" | ") switch
            {
                [var one] when one.Split(" > ") is [var list, var name] => Store(name, Ipvsadm(list, "")),
                [var one] when one.Split(" < ") is [var restore, var name] => Ipvsadm(restore, _files[name]),
                [var one] => Ipvsadm(one, ""),
                [var list, "diff - saved && echo identical"] => Ipvsadm(list, "") == _files["saved"] ? "identical\n" : "different\n",
                [var list, var grep] when grep.StartsWith("grep ", StringComparison.Ordinal) =>
                    string.Concat(Ipvsadm(list, "").Split('\n').Where(line => line.Contains(grep[5..], StringComparison.Ordinal)).Select(line => line + "\n")),
                [var text, var restore] => Ipvsadm(restore, Printed(text)),
                _ => throw new InvalidOperationException(part),
            };
        }

        return answer;
    }

    private string Store(string name, string text)
    {
        _files[name] = text;
        return "";
    }

    // Of echo and printf.
    private static string Printed(string command)
    {
        string[] quoted = [.. Quoted().Matches(command).Select(match => match.Groups[1].Value)];
        return quoted is ["%s\\n", .. var lines] ? string.Concat(lines.Select(line => line + "\n"))
            : quoted[0].Replace("\\n", "\n", StringComparison.Ordinal) + (command.StartsWith("echo", StringComparison.Ordinal) ? "\n" : "");
    }

    private string Ipvsadm(string command, string input)
    {
        bool isRoot = !command.StartsWith("setpriv", StringComparison.Ordinal);
        var denied = new IpvsTablesException("Permission denied (you must be root)");
        using var output = new StringWriter();
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var host = new IpvsadmHost(
            _ => null,
            name => name == "localhost" ? IpAddress.Parse("127.0.0.1") : null,
            ServiceNames.Parse("http 80/tcp\nhttps 443/tcp\ndomain 53/udp\ncisco-sccp 2000/tcp\n"),
            span => span);
        int code = IpvsadmProgram.Run(
            words[(Array.IndexOf(words, "ipvsadm") + 1)..],
            output,
            output,
            () => isRoot ? Tables() : throw denied,
            host,
            new IpvsadmChanges(lines => isRoot ? Carry(lines) : throw denied),
            new StringReader(input));
        return output + (code == 0 ? "" : $"[exit {code}]\n");
    }

    private ImmutableArray<string> Carry(ImmutableArray<string> lines) =>
        _byHand.Obey(lines, new Configuration(), new HandEffects(WhyNot, _ => null, _ => "No daemon is running", (_, _) => { })).Refusals;

    private static string? WhyNot(Configuration wanted)
    {
        try
        {
            XdpDataplane.Check(HandPlan.Change(ForwardingPlan.Empty, wanted, _ => new Reachability.Unresolved("nobody is there")));
            return null;
        }
        catch (DataplaneException refused)
        {
            return refused.Message;
        }
    }

    private IpvsTables Tables() => IpvsTables.Empty with
    {
        ConnectionTableSize = 4096,
        Services = [.. _byHand.Table.Over(new Configuration()).VirtualServers.Select(Service)],
    };

    private static IpvsService Service(VirtualServerConfig server) => new(
        ServiceKey.Of(server.Protocol, server.Address),
        server.Algorithm.ToString().ToLowerInvariant(),
        server.PersistenceTimeout is { } time ? new IpvsPersistence(time, server.PersistencePrefixLength) { Gaps = server.PersistenceGaps } : null,
        default,
        [.. server.RealServers.Select(Server)])
    {
        Flags = (server.OnePacket ? ServiceFlags.OnePacket : 0)
            | (server.ByCall ? ServiceFlags.Calls : 0)
            | (server.Flags.HasFlag(SchedulerFlags.First) ? ServiceFlags.Fallback : 0)
            | (server.Flags.HasFlag(SchedulerFlags.Second) ? ServiceFlags.Port : 0)
            | (server.Flags.HasFlag(SchedulerFlags.Third) ? ServiceFlags.Third : 0),
    };

    private static IpvsServer Server(RealServerConfig server) => new(
        server.Address,
        server.Kind == LoadBalanceKind.Nat ? ForwardingMethod.Masquerade
            : server.Kind == LoadBalanceKind.Dr ? ForwardingMethod.DirectRoute : ForwardingMethod.Tunnel,
        server.Weight, 0, 0, 0, default)
    {
        Tunnel = TunnelWords.TunnelOf(server.Kind),
        TunnelChecksum = TunnelWords.ChecksumOf(server.Kind),
        TunnelPort = server.GuePort,
        UpperThreshold = server.UpperThreshold,
        LowerThreshold = server.LowerThreshold,
    };

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();
}
