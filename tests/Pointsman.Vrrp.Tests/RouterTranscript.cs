using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Pointsman.Base;
using Pointsman.Wire;

namespace Pointsman.Vrrp.Tests;

// Plays a story on one router: blocks of commands, "----", and what the router answers, one action a line with its time.
//
//   instance NAME vrid N priority N vip A[,B] [master] [nopreempt] [interval SECONDS] [pass P] [script NAME:WEIGHT] [link NAME:WEIGHT]
//   group NAME MEMBER...                  start [resume]          stop
//   advance SECONDS                       sleep SECONDS           (time passes, deadlines served / not served)
//   hear INSTANCE from A priority N [pass P]                      script NAME up|down         link NAME up|down
//   order INSTANCE None|StandAside|TakeOver|Rest|RestUnserved       (before the start: one to a former run that has not ended)
//   reload                                (with the instances and groups as they stand now; see below)
//   forget NAME                           (an instance or a group)
//   wake                                  (serve what is due after a sleep)
//   source INSTANCE A|none                fail INSTANCE KIND ERRNO
//
// An instance or group of a name that is there takes its place; after the start it counts from the next reload on.
// A text after # is for the reader.
internal sealed class RouterTranscript
{
    private readonly List<VrrpInstanceSettings> _instances = [];
    private readonly List<VrrpSyncGroupSettings> _groups = [];
    private readonly StringBuilder _answers = new();
    private readonly List<VrrpAction> _actions = [];
    private VrrpRouter? _router;
    private Instant _now;

    private VrrpRouter Router => _router ??= MakeRouter();

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

            played.Add(block.Contains("----", StringComparison.Ordinal) ? $"{commands}\n----\n{_answers}".TrimEnd('\n') : commands);
            _answers.Clear();
        }

        return string.Join("\n\n", played) + "\n";
    }

    private void Obey(string[] words)
    {
        switch (words[0])
        {
            case "instance": Put(_instances, ReadInstance(words), instance => instance.Name); break;
            case "group": Put(_groups, new VrrpSyncGroupSettings(words[1], [.. words[2..]]), group => group.Name); break;
            case "forget":
                _instances.RemoveAll(instance => instance.Name == words[1]);
                _groups.RemoveAll(group => group.Name == words[1]);
                break;
            case "reload": Reload(); break;
            case "start": Router.Start(_now, Enumerable.Repeat(words.Contains("resume"), _instances.Count).ToArray(), _actions); break;
            case "stop": Router.Stop(_now, _actions); break;
            case "advance": Advance(Seconds(words[1])); break;
            case "sleep": _now += Seconds(words[1]); break;
            case "wake": Router.OnDeadline(_now, _actions); break;
            case "hear": Hear(words); break;
            case "script": Router.OnTrackResult(_now, words[1], words[2] == "up", _actions); break;
            case "order" when Router.IsStarted: Router.OnOrder(_now, IndexOf(words[1]), Enum.Parse<VrrpOrder>(words[2]), _actions); break;
            case "order": Router.StandUnder(IndexOf(words[1]), Enum.Parse<VrrpOrder>(words[2])); break;
            case "link": Router.OnLink(_now, words[1], words[2] == "up", _actions); break;
            case "source":
                IpAddress source = words[2] == "none" ? default : IpAddress.Parse(words[2]);
                Router.OnSourceAddress(_now, IndexOf(words[1]), source, _actions);
                break;
            case "fail":
                var failed = new VrrpAction(Enum.Parse<VrrpActionKind>(words[2]), IndexOf(words[1]));
                Router.OnActionFailed(_now, failed, int.Parse(words[3], CultureInfo.InvariantCulture), _actions);
                break;
            default: throw new FormatException($"no such command: {words[0]}");
        }

        WriteAnswers();
    }

    private static void Put<T>(List<T> things, T thing, Func<T, string> name)
    {
        int at = things.FindIndex(other => name(other) == name(thing));
        if (at < 0)
        {
            things.Add(thing);
        }
        else
        {
            things[at] = thing;
        }
    }

    private void Reload()
    {
        VrrpRouter former = Router;
        var next = new VrrpRouter(new VrrpRouterSettings { Instances = [.. _instances], SyncGroups = [.. _groups] }, former, _now);
        bool[] isPlacedAnew =
        [
            .. next.Instances.Select(instance => former.Instances.FirstOrDefault(
                    other => other.Settings.IsSameRouterAs(instance.Settings)) is { } same
                && !same.Settings.VirtualAddresses.SequenceEqual(instance.Settings.VirtualAddresses)),
        ];
        for (int i = 0; i < _instances.Count; i++)
        {
            next.OnSourceAddress(_now, i, IpAddress.Parse("10.0.0.5"), _actions);
        }

        // As the host does, who looks at all interfaces anew.
        next.OnLink(_now, "eth0", isUp: true, _actions);
        next.Settle(_now, isPlacedAnew, _actions);
        _router = next;
    }

    private void Advance(TimeSpan span)
    {
        Instant end = _now + span;
        while (Router.Deadline is { } due && due <= end)
        {
            _now = due > _now ? due : _now;
            Router.OnDeadline(_now, _actions);
            WriteAnswers();
        }

        _now = end;
    }

    private void Hear(string[] words)
    {
        int index = IndexOf(words[1]);
        IpAddress from = IpAddress.Parse(Value(words, "from") ?? throw new FormatException("hear from whom?"));
        VrrpInstanceSettings settings = Router.Instances[index].Settings with
        {
            AuthPass = Value(words, "pass") ?? Router.Instances[index].Settings.AuthPass,
        };
        var packet = new ReceivedAdvert
        {
            Source = from,
            SourceMac = new MacAddress(0x0200_0000_0000UL | (from.V4Bits & 0xff)),
            TimeToLive = 255,
            Bytes = RouterHarness.Advert(settings, byte.Parse(Value(words, "priority")!, CultureInfo.InvariantCulture)),
        };
        Router.OnAdvert(_now, index, packet, _actions);
    }

    private void WriteAnswers()
    {
        foreach (VrrpAction action in _actions)
        {
            string name = _instances[action.Instance].Name;
            string words = action.Kind switch
            {
                VrrpActionKind.SendAdvert => $"{name} send advert priority={action.Priority}",
                VrrpActionKind.AddAddresses => $"{name} add {Addresses(action.Instance)}",
                VrrpActionKind.RemoveAddresses => $"{name} remove {Addresses(action.Instance)}",
                VrrpActionKind.AnnounceAddresses => $"{name} announce {Addresses(action.Instance)} x{action.Repeat}",
                VrrpActionKind.Arm => $"{name} arm",
                VrrpActionKind.RenewLease => $"{name} renew lease",
                VrrpActionKind.Disarm => $"{name} disarm",
                VrrpActionKind.LearnPeer => $"{name} learn peer {action.PeerAddress} at {action.PeerMac}",
                VrrpActionKind.Report => $"| {VrrpEventText.Format(action.Event, Router.Settings)}",
                _ => throw new FormatException($"unknown action {action.Kind}"),
            };
            _answers.Append(CultureInfo.InvariantCulture, $"{_now} {words}\n");
        }

        _actions.Clear();
    }

    private VrrpRouter MakeRouter()
    {
        var router = new VrrpRouter(new VrrpRouterSettings { Instances = [.. _instances], SyncGroups = [.. _groups] });
        for (int i = 0; i < _instances.Count; i++)
        {
            router.OnSourceAddress(_now, i, IpAddress.Parse("10.0.0.5"), _actions);
        }

        return router;
    }

    private static VrrpInstanceSettings ReadInstance(string[] words) => new()
    {
        Name = words[1],
        Interface = "eth0",
        VirtualRouterId = byte.Parse(Value(words, "vrid")!, CultureInfo.InvariantCulture),
        Priority = byte.Parse(Value(words, "priority")!, CultureInfo.InvariantCulture),
        VirtualAddresses = [.. Value(words, "vip")!.Split(',').Select(IpAddress.Parse)],
        StartsAsMaster = words.Contains("master"),
        Nopreempt = words.Contains("nopreempt"),
        AdvertInterval = Seconds(Value(words, "interval") ?? "1"),
        AuthPass = Value(words, "pass"),
        TrackScripts = Tracks(words, "script"),
        TrackInterfaces = Tracks(words, "link"),
    };

    private static ImmutableArray<VrrpTrack> Tracks(string[] words, string key) =>
    [
        .. words.Zip(words.Skip(1)).Where(pair => pair.First == key).Select(pair => pair.Second.Split(':'))
            .Select(parts => new VrrpTrack(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture))),
    ];

    private static string? Value(string[] words, string key)
    {
        int index = Array.IndexOf(words, key);
        return index < 0 ? null : words[index + 1];
    }

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));

    private string Addresses(int instance) => string.Join(',', _instances[instance].VirtualAddresses);

    private int IndexOf(string name) => _instances.FindIndex(instance => instance.Name == name);
}
