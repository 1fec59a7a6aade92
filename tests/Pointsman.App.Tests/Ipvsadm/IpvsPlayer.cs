using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Pointsman.App.Ipvsadm;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Dataplane.Tests;
using Pointsman.Engine.ByHand;
using Pointsman.Tests;

namespace Pointsman.App.Tests.Ipvsadm;

/// <summary>
/// Plays a scenario (what scripts/record-ipvs had the kernel do) to our ipvsadm and the packet program, and tells what ours lists, as
/// tests/ipvs-machine/init writes it down.
/// </summary>
internal sealed partial class IpvsPlayer(TestPlane plane)
{
    private readonly StringBuilder _told = new();
    private ConnectionRules _rules;

    internal string Told => _told.ToString();

    internal void Do(string line)
    {
        switch (line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            case [] or ["#", ..]:
                break;
            case ["sysctl", var name, var value]:
                _rules |= ScenarioWords.RuleOf(name, value);
                break;
            case ["ipvsadm", .. var words]:
                Assert.Equal("", Type(words));
                break;
            case ["send", var kind, var source, var target]:
                Send(source, target, (client, service) => Packet(kind, client, service));
                break;
            case ["send", var kind, var source, var target, "mark", var mark]:
                Send(source, target, (client, service) => TestPlane.By(Packet(kind, client, service), (uint)ScenarioWords.Number(mark)), isMarked: true);
                break;
            case ["send", var kind, var source, var target, "from", "servers"]:
                Send(target, source, (client, server) => Packet(kind, server, client) with { SourceMac = MacOf(server.Address) });
                break;
            case ["wait", var seconds]:
                plane.Age(TimeSpan.FromSeconds(ScenarioWords.Number(seconds)));
                plane.Sweep();
                break;
            case ["listing", .. var words]:
                _told.Append($"listing {string.Join(' ', words)}\n{Type(words)}");
                break;
            case ["show"]:
                Show();
                break;
            case ["timers"]:
                _told.Append("timers\n").Append(string.Concat(Connections().Select(row => row + "\n")));
                break;
            case var words:
                Assert.Fail($"the player does not know '{string.Join(' ', words)}'");
                break;
        }
    }

    private void Show()
    {
        IEnumerable<string> connections = Connections().Select(row => WithTime().Replace(row, "$1 ")).Order(StringComparer.Ordinal);
        _told.Append("connections\n").Append(string.Concat(connections.Select(row => row + "\n")));
        _told.Append("services\n").Append(string.Join('\n', Type("-Ln", "--exact").Split('\n').Skip(3)));
    }

    // By what does not change from one moment to the next.
    private IEnumerable<string> Connections() => Type("-Lnc", "--exact").Split('\n').Where(row => WithTime().IsMatch(row))
        .Select(row => Blanks().Replace(row, " ")).OrderBy(row => WithTime().Replace(row, "$1 "), StringComparer.Ordinal);

    private string Type(params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var changes = new IpvsadmChanges(lines => [.. lines.Select(Change)]);
        int code = IpvsadmProgram.Run(words, output, error, () => DataplaneTables.Read(plane.Pins), IpvsadmHost.OfThisProcess(), changes, TextReader.Null);
        Assert.Equal((0, ""), (code, error.ToString()));
        return output.ToString();
    }

    // As without a daemon, but that all servers are behind the loopback.
    private string Change(string line)
    {
        Assert.Null(IpvsadmCommandLine.TryParse(line.Split(' '), ServiceAddressParser.Numeric, out IpvsadmRequest request));
        if (request.Command == IpvsadmCommand.SetTimeouts)
        {
            plane.Plane.SetTimeouts(
                TimeSpan.FromSeconds(request.Timeouts[0]), TimeSpan.FromSeconds(request.Timeouts[1]), TimeSpan.FromSeconds(request.Timeouts[2]));
            return "";
        }

        ForwardingPlan tables = plane.Plane.ReadPlan();
        Configuration said = HandPlan.Describe(tables);
        HandOrder? order = IpvsadmOrder.Of(request, out string? why);
        Assert.True(order is not null, why);
        Assert.Equal(HandRefusal.None, HandTable.Empty.TryObey(order, said, out HandTable set));
        ForwardingPlan plan = HandPlan.Change(tables, set.Over(said), Way);
        plane.Plane.Apply(plan with { Services = [.. plan.Services.Select(service => service with { Rules = _rules })] });
        return "";
    }

    private static Reachability Way(IpAddress server) =>
        new Reachability.Via(new NextHop(TestPlane.Loopback, Frame.Mac(TestPlane.Director), Frame.Mac(MacOf(server))), OnLink: true);

    private static string MacOf(IpAddress server) => TestPlane.MacOf(server.ToBytes()[^1]);

    // A chunk of SCTP by its name, or letters.
    private static Frame Packet(string kind, TransportEndpoint source, TransportEndpoint target)
    {
        Frame packet = new()
        {
            Source = source.Address.ToString(),
            SourcePort = source.Port,
            Target = target.Address.ToString(),
            TargetPort = target.Port,
        };
        return ScenarioWords.ProtocolOf(kind) switch
        {
            TransportProtocol.Sctp => Chunks(packet, ScenarioWords.ChunksOf(kind)),
            TransportProtocol.Udp => packet with { Protocol = Frame.Udp },
            _ => packet with { Flags = FlagsOf(kind) },
        };
    }

    private static Frame Chunks(Frame packet, byte[] chunks) => packet with
    {
        Protocol = Frame.Sctp,
        Chunk = chunks[0],
        NextChunk = chunks.Length > 1 ? chunks[1] : null,
        PayloadBytes = 4 * (chunks.Length - 1),
    };

    private static TcpFlags FlagsOf(string letters) => letters.Aggregate(TcpFlags.None, (sum, letter) => sum | letter switch
    {
        'S' => TcpFlags.Syn,
        'A' => TcpFlags.Ack,
        'F' => TcpFlags.Fin,
        'R' => TcpFlags.Rst,
        _ => TcpFlags.None,
    });

    private void Send(string clients, string other, Func<TransportEndpoint, TransportEndpoint, Frame> packet, bool isMarked = false)
    {
        var output = new byte[256];
        TransportEndpoint end = ScenarioWords.End(other);
        foreach (TransportEndpoint client in ScenarioWords.Ends(clients))
        {
            byte[] frame = packet(client, end).Build();
            _ = isMarked ? plane.RunMarked(frame, output) : plane.Run(frame, output);
        }
    }

    [GeneratedRegex("^(TCP|UDP|SCTP|IP) +[0-9:]+ +")]
    private static partial Regex WithTime();

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();
}
