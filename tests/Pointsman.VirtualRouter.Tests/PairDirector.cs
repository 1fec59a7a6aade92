using System.Globalization;
using System.Text.RegularExpressions;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>One director of a <see cref="Pair"/>: its machine, and its program as often as that is started.</summary>
internal sealed partial class PairDirector : IDisposable
{
    private readonly string _folder;
    private readonly string _program;
    private readonly PipeReader _pipe;
    private readonly WireLog _wire;
    private readonly List<Keepalived> _runs = [];
    private readonly Dictionary<int, (int Count, string Last)> _adverts = [];
    private readonly List<(int RouterId, string Priority)> _newPriorities = [];
    private int _readTo;
    private int _toldBefore;
    private bool _isStarting;
    private bool _isReloading;

    /// <param name="elsewhere">Where its other card is plugged in.</param>
    internal PairDirector(Network network, Network elsewhere, int number, string program, string folder)
    {
        Number = number;
        _program = program;
        _folder = folder;
        Machine = network.AddMachine(number);
        elsewhere.Plug(Machine, "eth1", number);
        Network.Command("ip", $"netns exec {Machine} sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.eth1.accept_dad=0");
        Network.Ip($"-n {Machine} link set eth1 up");
        _pipe = new PipeReader(Path.Combine(folder, Letter));
        _wire = new WireLog(Machine, "outbound and (ip proto 112 or ip proto 51 or ip6 proto 112)");
    }

    internal int Number { get; }

    internal bool IsA => Number == 1;

    internal string Letter => IsA ? "a" : "b";

    internal string Machine { get; }

    /// <summary>Its file, but for what is its own.</summary>
    internal string Text { get; set; } = "";

    internal bool IsRunning => _runs is [.., { HasExited: false }];

    internal string Log => string.Join($"\n-- {Letter}, the next run --\n", _runs.Select(run => run.Log));

    internal string Told => string.Join('\n', _pipe.Lines);

    /// <summary>A file of this director's, for scripts to ask for.</summary>
    internal string Flag(string name) => Path.Combine(_folder, $"{Letter}-{name}");

    internal string Fill(string lines)
    {
        int other = 3 - Number;
        return lines
            .Replace("{own4}", $"10.9.0.{Number}", StringComparison.Ordinal).Replace("{other4}", $"10.9.0.{other}", StringComparison.Ordinal)
            .Replace("{own6}", $"2001:db8:9::{Number}", StringComparison.Ordinal).Replace("{other6}", $"2001:db8:9::{other}", StringComparison.Ordinal)
            .Replace("{flags}", Flag(""), StringComparison.Ordinal);
    }

    internal void Start()
    {
        _isStarting = true;
        _runs.Add(new Keepalived(Machine, File(), _program));
    }

    internal void Reload()
    {
        _isReloading = true;
        _runs[^1].Reload(File());
    }

    internal void Stop() => _runs[^1].Stop();

    internal void Kill() => _runs[^1].Kill();

    internal void SetLink(string card, bool isUp) => Network.Ip($"-n {Machine} link set {card} {(isUp ? "up" : "down")}");

    /// <summary>What comes from now on is the next step's.</summary>
    internal void BeginStep()
    {
        _isStarting = false;
        _isReloading = false;
        _toldBefore = _pipe.Lines.Length;
        ReadWire();
        _newPriorities.Clear();
    }

    /// <summary>The last word on an instance or a group since the program was started.</summary>
    internal string StateOf(string name) => StateOf(name, _pipe.Lines.AsSpan(_isStarting ? _toldBefore : 0));

    /// <summary>It was told so before this step.</summary>
    internal bool WasMaster(string name) => StateOf(name, _pipe.Lines.AsSpan(0, _toldBefore)) == Pair.Master;

    /// <summary>Where addresses are, one line each, with all that the kernel says of them.</summary>
    internal string[] Addresses()
    {
        IEnumerable<string> lines = Network.Command("ip", $"-n {Machine} -o addr show").Split('\n').Where(line => line.Contains('\\', StringComparison.Ordinal));
        return [.. lines.Select(line => Spaces().Replace(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..line.IndexOf('\\', StringComparison.Ordinal)], " ").Trim())];
    }

    internal int AdvertsOf(int routerId)
    {
        ReadWire();
        return _adverts.GetValueOrDefault(routerId).Count;
    }

    /// <summary>The last priority said of a virtual router.</summary>
    internal string? LastPriorityOf(int routerId)
    {
        ReadWire();
        return _adverts.GetValueOrDefault(routerId).Last;
    }

    /// <summary>What the pipe was told in this step of instances and groups with these names, in its order.</summary>
    internal IEnumerable<string> ToldOf(string[] names)
    {
        IEnumerable<string> lines = _pipe.Lines.Skip(_toldBefore).Where(line => names.Any(name => line.Contains($"\"{name}\"", StringComparison.Ordinal)));

        // What is not keepalived's is in docs/keepalived-differences.md: where a group's first line stands, what a master is called
        // whose file has another priority, and how often lower ones are told of.
        string? first = _isStarting ? lines.FirstOrDefault(line => line.StartsWith("GROUP", StringComparison.Ordinal)) : null;
        return lines.Where(line => !ReferenceEquals(line, first) && !line.Contains(" MASTER_RX_LOWER_PRI ", StringComparison.Ordinal))
            .Select(line => _isReloading ? line.Replace(" MASTER_PRIORITY ", " BACKUP_PRIORITY ", StringComparison.Ordinal) : line);
    }

    /// <summary>The priorities said of a virtual router in this step, each once, and without the one that was said before.</summary>
    internal IEnumerable<string> NewPrioritiesOf(int routerId) => _newPriorities.Where(said => said.RouterId == routerId).Select(said => said.Priority);

    /// <summary>The machine has no addresses of a former run, as after a boot.</summary>
    internal void ForgetAddresses(IEnumerable<string> virtualAddresses)
    {
        foreach (string link in VirtualLink().Matches(Network.Command("ip", $"-n {Machine} -o link show type macvlan")).Select(link => link.Groups[1].Value))
        {
            Network.Ip($"-n {Machine} link del {link}");
        }

        foreach (string[] words in Addresses().Select(line => line.Split(' ')).Where(words => virtualAddresses.Contains(words[2].Split('/')[0])))
        {
            Network.Ip($"-n {Machine} addr del {words[2]} dev {words[0]}");
        }
    }

    /// <param name="collisions">See <see cref="Keepalived.AssertContent"/>; of each run.</param>
    internal void AssertContent(int collisions)
    {
        foreach (Keepalived run in _runs)
        {
            run.AssertContent(collisions);
        }
    }

    public void Dispose()
    {
        foreach (Keepalived run in _runs)
        {
            run.Dispose();
        }

        _wire.Dispose();
        _pipe.Dispose();
    }

    private string File() => $$"""
        instance {{Machine}}
        global_defs {
            script_user root
            vrrp_notify_fifo {{Path.Combine(_folder, Letter)}}
            vrrp_notify_priority_changes true
        }
        {{Text}}
        """;

    private static string StateOf(string name, ReadOnlySpan<string> lines)
    {
        for (int i = lines.Length - 1; i >= 0; i--)
        {
            if (lines[i].Split(' ') is [_, var who, "MASTER" or "BACKUP" or "FAULT" or "STOP", _] words && who == $"\"{name}\"")
            {
                return words[2];
            }
        }

        return "";
    }

    private void ReadWire()
    {
        string text = _wire.Text;
        foreach (Match advert in Advert().Matches(text[_readTo..]))
        {
            int routerId = int.Parse(advert.Groups[1].Value, CultureInfo.InvariantCulture);
            string priority = advert.Groups[2].Value;
            (int count, string? last) = _adverts.GetValueOrDefault(routerId);
            _adverts[routerId] = (count + 1, priority);
            if (last != priority)
            {
                _newPriorities.Add((routerId, priority));
            }
        }

        _readTo = text.Length;
    }

    [GeneratedRegex(@"vrid (\d+), prio (\d+)")]
    private static partial Regex Advert();

    [GeneratedRegex(@"^\d+: ([^@:]+)", RegexOptions.Multiline)]
    private static partial Regex VirtualLink();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
