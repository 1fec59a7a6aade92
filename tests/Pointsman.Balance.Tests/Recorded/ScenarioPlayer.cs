using System.Text;
using Pointsman.Balance.Connections;
using Pointsman.Base;
using Pointsman.Tests;

namespace Pointsman.Balance.Tests.Recorded;

/// <summary>
/// Plays a scenario (the commands that scripts/record-ipvs gave to the kernel) to the model, and tells what became of it in
/// the recording's own form.
/// </summary>
internal sealed class ScenarioPlayer
{
    private readonly SortedSet<Service> _services = [];
    private readonly StringBuilder _told = new();
    private ConnectionTimeouts _timeouts = ConnectionTimeouts.Default;
    private ConnectionRules _rules;
    private Instant _now = Instant.FromSeconds(1000);

    public static string Play(IEnumerable<string> scenario)
    {
        var player = new ScenarioPlayer();
        foreach (string line in scenario)
        {
            player.Do(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        return player._told.ToString();
    }

    private void Do(string[] words)
    {
        switch (words)
        {
            case [] or ["#", ..]:
                break;
            case ["sysctl", string name, string value]:
                _rules |= ScenarioWords.RuleOf(name, value);
                break;
            case ["ipvsadm", "--set", string tcp, string fin, string udp]:
                Set(ScenarioWords.Number(tcp), ScenarioWords.Number(fin), ScenarioWords.Number(udp));
                break;
            case ["ipvsadm", string command, ..] when new Options(words) is { Service: { } service } options:
                Command(command, service, options);
                break;
            case ["send", string kind, string source, string target]:
                Send(kind, source, ServiceOf(kind, target), target);
                break;
            case ["send", string kind, string source, string target, "mark", string mark]:
                Send(kind, source, Named($"-f {mark}{(target[0] == '[' ? " -6" : "")}"), target);
                break;
            case ["send", string kind, string source, string target, "from", "servers"]:
                Answer(kind, source, target);
                break;
            case ["wait", string seconds]:
                _now += TimeSpan.FromSeconds(ScenarioWords.Number(seconds));
                foreach (Service service in _services)
                {
                    service.Model.Sweep(_now);
                }

                break;
            case ["listing", ..]:
                Tell(Listing(words));
                break;
            case ["show"]:
                Show();
                break;
            case ["timers"]:
                _told.AppendLine("timers");
                Tell(Rows().Select(row => row.Timed));
                break;
            default:
                Assert.Fail($"the player does not know '{string.Join(' ', words)}'");
                break;
        }
    }

    private void Set(int tcp, int fin, int udp)
    {
        _timeouts = _timeouts.TryWith(tcp, fin, udp, ticksPerSecond: 250)!;
        foreach (Service service in _services)
        {
            service.Model.Timeouts = _timeouts;
        }
    }

    private void Command(string command, string name, Options options)
    {
        if (command == "-A")
        {
            _services.Add(new Service(name, options, _timeouts, _rules));
            return;
        }

        Service service = Named(name);
        string server = options["-r"]!;
        switch (command)
        {
            case "-a":
                service.Add(server, options);
                break;
            case "-e":
                service.Edit(server, options);
                break;
            case "-d":
                service.Delete(server);
                break;
            default:
                Assert.Fail($"the player does not know '{command}'");
                break;
        }
    }

    private void Send(string kind, string source, Service service, string target)
    {
        TransportEndpoint asked = ScenarioWords.End(target);
        foreach (TransportEndpoint client in ScenarioWords.Ends(source))
        {
            service.Take(_now, kind, client, asked);
        }
    }

    private void Answer(string kind, string source, string target)
    {
        TransportEndpoint server = ScenarioWords.End(source);
        foreach (TransportEndpoint client in ScenarioWords.Ends(target))
        {
            Assert.Single(_services, service => service.TryAnswer(_now, kind, server, client));
        }
    }

    private IEnumerable<string> Listing(string[] words) => words switch
    {
        [_, "-Ln", "--stats", "--exact"] => _services.SelectMany(service => service.Passed()),
        [_, "-Ln", "--persistent-conn"] => _services.SelectMany(service => service.Persistent(_now)),
        [_, "-L", "--timeout"] =>
            [$"Timeout (tcp tcpfin udp): {_timeouts.Established.TotalSeconds} {_timeouts.FinWait.TotalSeconds} {_timeouts.Udp.TotalSeconds}"],
        _ => Named(new Options(words).Service!).Servers(),
    };

    private void Show()
    {
        _told.AppendLine("connections");
        Tell(Rows().Select(row => row.Untimed));
        _told.AppendLine("services");
        Tell(_services.SelectMany(service => service.Servers()));
    }

    private IEnumerable<ConnectionRow> Rows() =>
        _services.SelectMany(service => service.Connections(_now)).OrderBy(row => row.Untimed, StringComparer.Ordinal);

    private void Tell(IEnumerable<string> rows)
    {
        foreach (string row in rows)
        {
            _told.AppendLine(row);
        }
    }

    private Service Named(string name) => Assert.Single(_services, service => service.Name == name);

    // That of all ports, if none is of this one.
    private Service ServiceOf(string kind, string target)
    {
        string option = ScenarioWords.ProtocolOf(kind) switch
        {
            TransportProtocol.Udp => "-u",
            TransportProtocol.Sctp => "--sctp-service",
            _ => "-t",
        };
        return _services.SingleOrDefault(service => service.Name == $"{option} {target}")
            ?? Named($"{option} {target[..target.LastIndexOf(':')]}:0");
    }
}
