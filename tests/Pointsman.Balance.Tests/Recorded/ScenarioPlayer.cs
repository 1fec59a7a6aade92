using System.Globalization;
using System.Text;
using Pointsman.Balance.Connections;
using Pointsman.Balance.Schedulers;
using Pointsman.Base;

namespace Pointsman.Balance.Tests.Recorded;

/// <summary>
/// Plays a scenario (the commands that scripts/record-ipvs gave to the kernel) to the model, and tells what became of it in
/// the recording's own form.
/// </summary>
internal sealed class ScenarioPlayer
{
    private readonly List<Service> _services = [];
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
            case ["sysctl", "conn_reuse_mode", "3"]:
                _rules = ConnectionRules.ReuseChosen | ConnectionRules.ReuseClosed | ConnectionRules.ReuseFinWait;
                break;
            case ["ipvsadm", "--set", string tcp, string fin, string udp]:
                _timeouts = _timeouts.TryWith(Number(tcp), Number(fin), Number(udp), ticksPerSecond: 250)!;
                break;
            case ["ipvsadm", string command, "-t" or "-u", string address, ..]:
                Command(command, address, new Options(words));
                break;
            case ["send", string flags, string source, string target]:
                Send(flags, source, target);
                break;
            case ["send", string flags, string source, string target, "from", "servers"]:
                Answer(flags, source, target);
                break;
            case ["wait", string seconds]:
                _now += TimeSpan.FromSeconds(Number(seconds));
                _services.ForEach(service => service.Model.Sweep(_now));
                break;
            case ["listing", "-Ln", "--stats", "--exact"]:
                Tell(_services.SelectMany(service => service.Passed()));
                break;
            case ["show"]:
                Show();
                break;
            default:
                Assert.Fail($"the player does not know '{string.Join(' ', words)}'");
                break;
        }
    }

    private void Command(string command, string address, Options options)
    {
        if (command == "-A")
        {
            _services.Add(new Service(address, options, _timeouts, _rules));
            return;
        }

        Service service = ServiceOf(address);
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

    private void Send(string flags, string source, string target)
    {
        Service service = ServiceOf(target);
        foreach (FlowKey key in Keys(source))
        {
            service.Take(_now, key, flags == "U" ? null : EventOf(flags));
        }
    }

    private void Answer(string flags, string source, string target)
    {
        Service service = Assert.Single(_services);
        foreach (FlowKey key in Keys(target))
        {
            service.Model.OnAnswer(_now, key, service.IdOf(source), EventOf(flags));
        }
    }

    private void Show()
    {
        foreach (Service service in _services)
        {
            _told.AppendLine("connections");
            Tell(service.Connections().Order(StringComparer.Ordinal));
            _told.AppendLine("services");
            Tell(service.Servers());
        }
    }

    private void Tell(IEnumerable<string> rows)
    {
        foreach (string row in rows)
        {
            _told.AppendLine(row);
        }
    }

    private Service ServiceOf(string address) => Assert.Single(_services, service => service.Address == address);

    private static TcpEvent EventOf(string flags) => TcpStateMachine.EventOf(
        flags.Aggregate(TcpFlags.None, (sum, letter) => sum | letter switch
        {
            'S' => TcpFlags.Syn,
            'A' => TcpFlags.Ack,
            'F' => TcpFlags.Fin,
            'R' => TcpFlags.Reset,
            _ => TcpFlags.None,
        }));

    // "198.51.100.1-9:4000-4003", the ports fastest.
    private static IEnumerable<FlowKey> Keys(string text)
    {
        (string hosts, string ports) = (text[..text.IndexOf(':')], text[(text.IndexOf(':') + 1)..]);
        string[] host = hosts.Split('-'), port = ports.Split('-');
        uint first = IpAddress.Parse(host[0]).V4Bits;
        uint last = host.Length > 1 ? (first & 0xffffff00) | (uint)Number(host[1]) : first;
        for (uint bits = first; bits <= last; bits++)
        {
            for (int number = Number(port[0]); number <= Number(port[^1]); number++)
            {
                yield return new FlowKey(IpAddress.FromV4Bits(bits), (ushort)number);
            }
        }
    }

    internal static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
