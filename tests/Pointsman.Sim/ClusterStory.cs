using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Pointsman.Base;
using Pointsman.Sim.World;

namespace Pointsman.Sim;

// Plays a story on a whole site: blocks of commands, "----", and what happened: who entered which state, what was said and
// taken, where the clients found the VIP; then how things stand.
//
//   nodes a=101 b=100 [script WEIGHT] [nopreempt] [servers N]          run SECONDS
//   power on|off NODE       start|stop|kill|freeze|thaw NODE           script|web NODE up|down
//   cut NODE -> NODE        (one way)      lose adverts      heal
//
// A text after # is for the reader.
internal sealed class ClusterStory
{
    private static readonly string[] Told = ["Entering", "SendAdvert 0", "finds the VIP", "overslept", "listening again", "Removing service", "Adding service"];

    private Cluster? _cluster;
    private int _read;

    private Cluster Site => _cluster ?? throw new FormatException("a story begins with its nodes");

    public string Play(string story)
    {
        var played = new List<string>();
        foreach (string block in story.TrimEnd('\n').Split("\n\n"))
        {
            string commands = block.Split("\n----")[0];
            foreach (string line in commands.Split('\n'))
            {
                string command = line.Split('#')[0].Trim();
                if (command.Length > 0)
                {
                    Obey(command.Split(' ', StringSplitOptions.RemoveEmptyEntries));
                }
            }

            played.Add(block.Contains("----", StringComparison.Ordinal) ? $"{commands}\n----\n{Happened()}{Standing()}" : commands);
        }

        return string.Join("\n\n", played) + "\n";
    }

    private void Obey(string[] words)
    {
        if (words[0] == "nodes")
        {
            Build(words[1..]);
            return;
        }

        switch (words)
        {
            case ["run", var seconds]: Site.Run(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture))); break;
            case ["power", "on", var node]: Node(node).PowerOn(); break;
            case ["power", "off", var node]: Node(node).PowerOff(); break;
            case ["start", var node]: Node(node).Control.Start(); break;
            case ["stop", var node]: Node(node).Control.Stop(); break;
            case ["kill", var node]: Kill(Node(node)); break;
            case ["freeze", var node]: Node(node).Freeze(); break;
            case ["thaw", var node]: Node(node).Thaw(); break;
            case ["script", var node, var state]: Node(node).ScriptIsUp = state == "up"; break;
            case ["web", var node, var state]: Node(node).IsServing = state == "up"; break;
            case ["cut", var from, "->", var to]: Site.Segments[0].Cut(Node(from).Index, Node(to).Index); break;
            case ["lose", "adverts"]: Site.Segments[0].LosesAdverts = true; break;
            case ["heal"]: Site.Segments[0].Heal(); break;
            default: throw new FormatException($"no such command: {string.Join(' ', words)}");
        }
    }

    private void Build(string[] words)
    {
        string[] nodes = [.. words.Where(word => word.Contains('='))];
        _cluster = new Cluster(
            new SiteSettings
            {
                Priorities = [.. nodes.Select(node => int.Parse(node.Split('=')[1], CultureInfo.InvariantCulture))],
                ScriptWeight = Value(words, "script"),
                Nopreempt = words.Contains("nopreempt"),
                OtherServers = Value(words, "servers") ?? 0,
            },
            new Prng(1));
        _cluster.Clients.IsActive = true;
        _cluster.Clients.Start();
    }

    private static int? Value(string[] words, string name)
    {
        int at = Array.IndexOf(words, name);
        return at < 0 ? null : int.Parse(words[at + 1], CultureInfo.InvariantCulture);
    }

    private static void Kill(SimNode node)
    {
        node.Control.Kill();
        node.Role.Kill();
    }

    private SimNode Node(string name) => Site.Nodes[name[0] - 'a'];

    private string Happened()
    {
        string log = Site.Log.ToString();
        ImmutableArray<string> lines = [.. log[_read..].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        _read = log.Length;
        var told = new StringBuilder();
        foreach (string line in lines.Where(line => Told.Any(word => line.Contains(word, StringComparison.Ordinal))))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            double at = double.Parse(line[..space], CultureInfo.InvariantCulture) - 1000;
            told.Append(CultureInfo.InvariantCulture, $"{at:0.000}{line[space..]}\n");
        }

        return told.ToString();
    }

    private string Standing()
    {
        IEnumerable<string> nodes = Site.Nodes.Select(node => string.Create(
            CultureInfo.InvariantCulture,
            $"{node.Name} {(node.Role.Router is { } router ? router.Instances[0].State.ToString() : "down")}"
            + $"{(node.HoldsAddresses(0) ? " vip" : "")}{(node.HoldsLease(0) ? " lease" : "")}"));
        bool isServed = Site.Clock.Now - Site.Clients.AnsweredAt < TimeSpan.FromSeconds(1);
        return $"= {string.Join(", ", nodes)}; clients are {(isServed ? "" : "not ")}answered";
    }
}
