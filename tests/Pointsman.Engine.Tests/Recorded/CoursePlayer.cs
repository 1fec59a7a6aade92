using System.Globalization;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Health;

namespace Pointsman.Engine.Tests.Recorded;

/// <summary>
/// Plays a course of real servers (what tests/checks-machine/course.c does to keepalived) to the engine on a clock of its own,
/// and tells what the engine tries and what becomes of its table.
/// </summary>
internal sealed class CoursePlayer
{
    private const string EchoSwitch = "/proc/sys/net/ipv4/icmp_echo_ignore_all";

    private readonly Configuration _configuration;
    private readonly DirectorEngine _engine;
    private readonly Queue<(Instant At, string[] Words)> _steps;
    private readonly Instant _end;
    private readonly Dictionary<string, string> _modes = [];
    private readonly Dictionary<string, string> _files = [];
    private readonly List<(Instant At, ProbeId Id, ProbeOutcome Outcome)> _answers = [];
    private readonly Dictionary<string, int> _table = [];
    private readonly List<DirectorAction> _actions = [];
    private readonly List<Happening> _told = [];

    /// <summary>The first check of all: a course counts from there.</summary>
    private static readonly Instant Begin = Instant.Zero + CheckMachine.Bootstrap;

    internal CoursePlayer(string conf, string[] course)
    {
        _configuration = ConfigReader.Read("f", conf).Configuration!;
        _engine = new DirectorEngine(_configuration, (_, _) => false);
        (Instant At, string[] Words)[] steps =
        [
            .. course.Where(line => !line.StartsWith('#')).Select(line => line.Split(' '))
                .Select(words => (Begin + TimeSpan.FromMilliseconds(int.Parse(words[0], CultureInfo.InvariantCulture)), words[1..])),
        ];
        _steps = new(steps);
        _end = steps[^1].At;
    }

    internal List<Happening> Play()
    {
        while (_steps.Peek().At == Begin)
        {
            Take(_steps.Dequeue().Words);
        }

        Instant now = Instant.Zero;
        _engine.Start(now, new Prng(1), _actions);
        foreach (IpAddress server in _engine.ServerAddresses)
        {
            _engine.OnReachability(server, new Reachability.Via(new NextHop(1, default, default), OnLink: true), _actions);
        }

        TellFiles(now);
        CarryOut(now);
        while (now < _end)
        {
            now = Next();
            while (_steps.Count > 0 && _steps.Peek().At <= now)
            {
                Take(_steps.Dequeue().Words);
                TellFiles(now);
            }

            foreach ((Instant At, ProbeId Id, ProbeOutcome Outcome) answer in _answers.Where(answer => answer.At <= now).ToList())
            {
                _answers.Remove(answer);
                _engine.OnProbeOutcome(now, answer.Id, answer.Outcome, _actions);
            }

            _engine.OnDeadline(now, _actions);
            CarryOut(now);
        }

        return _told;
    }

    private Instant Next()
    {
        Instant? next = Instant.Earlier(_engine.Deadline, _answers.Count == 0 ? null : _answers.Min(answer => answer.At));
        return Instant.Earlier(next, _steps.Count == 0 ? _end : _steps.Peek().At)!.Value;
    }

    private void Take(string[] words)
    {
        if (words[0] == "write")
        {
            _files[words[1]] = words[2];
        }
        else if (words[0] != "end")
        {
            _modes[words[0]] = words[1];
        }
    }

    private void TellFiles(Instant now)
    {
        foreach (TrackFileConfig file in _configuration.TrackFiles)
        {
            _engine.OnFile(now, file.Name, int.Parse(_files[file.Path], CultureInfo.InvariantCulture), _actions);
        }
    }

    private void CarryOut(Instant now)
    {
        foreach (DirectorAction action in _actions.ToList())
        {
            if (action is DirectorAction.StartProbe { Probe: { } probe })
            {
                Try(now, probe);
            }
        }

        if (_actions.OfType<DirectorAction.ApplyPlan>().LastOrDefault() is { } plan)
        {
            Apply(now, plan.Plan);
        }

        _actions.Clear();
    }

    private void Try(Instant now, HealthAction.StartProbe probe)
    {
        ProbeRequest request = probe.Request;
        string address = request.Target.ToString();
        string subject = request.Method switch
        {
            CheckMethod.Dns or CheckMethod.Udp => $"u{address}",
            CheckMethod.Ping => $"p{request.Target.Address}",
            CheckMethod.Script script => script.Command[^1],
            _ => address,
        };
        Tell(now, request.Method is CheckMethod.Script ? $"run {subject}" : $"try {subject}");
        (ProbeOutcome outcome, bool waits) = Outcome(request, _modes.GetValueOrDefault(subject, ""));
        _answers.Add((waits ? now + request.Timeout : now, probe.Id, outcome));
    }

    private (ProbeOutcome Outcome, bool Waits) Outcome(ProbeRequest request, string mode) => (request.Method, mode) switch
    {
        (CheckMethod.Script script, _) => (Exit(script), false),
        (CheckMethod.Ping, _) => _files.GetValueOrDefault(EchoSwitch) == "1" ? (new ProbeOutcome.TimedOut(), true) : (Well, false),
        (CheckMethod.Udp, "silent") => (Well, true),
        (_, "refuse") => (new ProbeOutcome.Refused(), false),
        (_, "silent") => (new ProbeOutcome.TimedOut(), true),
        (CheckMethod.Http http, _) when int.TryParse(mode, out int status) =>
            (http.Pages[request.Step].Accepts(status) ? Well : new ProbeOutcome.Wrong($"status {status}"), false),
        (CheckMethod.Http or CheckMethod.Smtp, "mute" or "listen") => (new ProbeOutcome.Silent("no answer"), true),
        _ => (Well, false),
    };

    private static ProbeOutcome Well { get; } = new ProbeOutcome.Success(TimeSpan.FromMilliseconds(1));

    private ProbeOutcome Exit(CheckMethod.Script script)
    {
        int status = int.Parse(_files[$"/tmp/{script.Command[^1]}"], CultureInfo.InvariantCulture);
        return status == 0 ? Well
            : script.IsDynamic && status > 1 ? new ProbeOutcome.Success(TimeSpan.FromMilliseconds(1)) { Weight = status - 2 }
            : new ProbeOutcome.Wrong($"exited with status {status}");
    }

    // Those whom a sorry server stands in for keep their place without weight here, and none in keepalived.
    private void Apply(Instant now, ForwardingPlan plan)
    {
        VirtualServerConfig service = _configuration.VirtualServers[0];
        Dictionary<string, int> next = plan.Services[0].Servers
            .Where(server => server.IsUp && !(_engine.IsRelieved(0) && server.Address != service.SorryServer))
            .ToDictionary(server => server.Address.ToString(), server => server.Weight);
        foreach (string gone in _table.Keys.Except(next.Keys).Order().ToList())
        {
            _table.Remove(gone);
            Tell(now, $"out {gone}");
        }

        foreach ((string server, int weight) in next.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!_table.TryGetValue(server, out int before) || before != weight)
            {
                Tell(now, $"{(_table.ContainsKey(server) ? "change" : "in")} {server} weight {weight}");
                _table[server] = weight;
            }
        }
    }

    private void Tell(Instant now, string what) => _told.Add(new Happening((now - Begin).TotalSeconds, what));
}
