using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Pointsman.Config.Model;
using Pointsman.Engine.Notifications;
using Pointsman.Linux;
using Pointsman.Probes;
using Pointsman.Probes.Notifying;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.App.Run;

/// <summary>Tells scripts, pipes and people what happens. Nothing here is waited for by anybody but a stopping daemon.</summary>
internal sealed class NotificationPart : IDisposable
{
    /// <summary>keepalived gives its notify_stop scripts as long.</summary>
    private static readonly TimeSpan LastWordsPatience = TimeSpan.FromSeconds(1);

    private readonly ILogger _log;
    private readonly Action<string> _line;
    private readonly NotifyRunner _runner;
    private readonly List<Notice> _notices = [];
    private readonly List<EventPipe> _pipes = [];

    /// <summary>By path: pipes whose reader is told to end and has not yet, for which a reload does not wait.</summary>
    private readonly Dictionary<string, Task> _closing = new(StringComparer.Ordinal);
    private VrrpNotifications? _vrrp;

    internal NotificationPart(Action<DaemonEvent> post, ILogger log)
    {
        _log = log;
        _line = line => post(new DaemonEvent.Line(line));
        Security = new ScriptSecurity(_line);
        Sending = new SendingPart(_line);
        _runner = new NotifyRunner(Security, _line, new NotifyLimits());
    }

    /// <summary>Says which scripts may run; for all who start some.</summary>
    internal ScriptSecurity Security { get; }

    /// <summary>Mail, and how it stands.</summary>
    internal SendingPart Sending { get; }

    /// <summary>At start, and at a reload: what was told before is not told again.</summary>
    internal void Start(Configuration configuration)
    {
        Security.IsEnforced = configuration.Global.EnableScriptSecurity;
        Sending.Start(configuration.Global);
        OpenPipes(configuration.Global);
        if (_vrrp is null)
        {
            _vrrp = new VrrpNotifications(configuration);
            return;
        }

        _vrrp.OnReload(configuration, _notices);
        CarryOut();
    }

    internal void OnRole(RoleEvent said)
    {
        if (_vrrp is null)
        {
            return;
        }

        switch (said)
        {
            case RoleEvent.StateChanged changed:
                _vrrp.OnInstanceChanged(changed.Instance, changed.To, changed.Reason, changed.Priority, _notices);
                break;
            case RoleEvent.GroupChanged group:
                _vrrp.OnGroupChanged(group.Group, group.To, _notices);
                break;
            case RoleEvent.Reported { What: VrrpEventKind.LowerPriorityAnswered } lower:
                _vrrp.OnLowerPriorityHeard(lower.Instance, lower.Priority, _notices);
                break;
            case RoleEvent.Reported { What: VrrpEventKind.PriorityChanged } changed:
                _vrrp.OnPriorityChanged(changed.Instance, changed.Priority, _notices);
                break;
            default:
                break;
        }

        CarryOut();
    }

    /// <summary>Gives what was told last a moment to run, and ends the rest.</summary>
    internal void Finish()
    {
        Task.WhenAll(_runner.FinishAsync(LastWordsPatience), Sending.FinishAsync(LastWordsPatience)).GetAwaiter().GetResult();
        ClosePipes();
    }

    public void Dispose()
    {
        _runner.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Sending.DisposeAsync().AsTask().GetAwaiter().GetResult();
        ClosePipes();
    }

    /// <summary>Of servers, not of VRRP.</summary>
    internal void Tell(Notice notice)
    {
        _notices.Add(notice);
        CarryOut();
    }

    private void ClosePipes()
    {
        BeginToClose(_ => true);
        Task.WhenAll(_closing.Values).GetAwaiter().GetResult();
    }

    private void BeginToClose(Predicate<EventPipe> isIt)
    {
        foreach (EventPipe pipe in _pipes.FindAll(isIt))
        {
            Task ending = pipe.Pipe.DisposeAsync().AsTask();
            string path = pipe.Config.Path;
            _closing[path] = _closing.TryGetValue(path, out Task? other) ? Task.WhenAll(other, ending) : ending;
        }

        _pipes.RemoveAll(isIt);
    }

    private void CarryOut()
    {
        foreach (Notice notice in _notices)
        {
            switch (notice)
            {
                case Notice.RunScript script:
                    _runner.Run(script.Subject, new ScriptCommand(script.Command, script.User, script.Group));
                    break;
                case Notice.Happened happened:
                    _pipes.FindAll(pipe => pipe.OfServers is null || pipe.OfServers == happened.IsOfServers)
                        .ForEach(pipe => pipe.Pipe.Write(happened.Line));
                    Sending.Tell(happened);
                    break;
                case Notice.SendMail mail:
                    Sending.Send(mail);
                    break;
                default:
                    throw new UnreachableException();
            }
        }

        _notices.Clear();
    }

    // A pipe that stays the same keeps its reader, and what waits in it.
    private void OpenPipes(GlobalDefinitions global)
    {
        var wanted = new (NotifyFifoConfig? Config, bool? OfServers)[] { (global.NotifyFifo, null), (global.VrrpNotifyFifo, false), (global.LvsNotifyFifo, true) }
            .Where(pipe => pipe.Config is not null).Select(pipe => (Config: pipe.Config!, pipe.OfServers)).ToList();
        bool IsKept(EventPipe pipe) => wanted.Exists(other => other.OfServers == pipe.OfServers && IsSame(other.Config, pipe.Config));
        BeginToClose(pipe => !IsKept(pipe));
        foreach ((NotifyFifoConfig config, bool? ofServers) in wanted.Where(one => !_pipes.Exists(pipe => pipe.OfServers == one.OfServers)))
        {
            try
            {
                _pipes.Add(new EventPipe(
                    config,
                    new NotifyPipe(config.Path, config.User, config.Group, Reader(config, global), _line, _closing.GetValueOrDefault(config.Path)),
                    ofServers));
            }
            catch (ErrnoException refused)
            {
                Log.Warning(_log, $"No events go to {config.Path}: {refused.Message}");
            }
        }
    }

    private static bool IsSame(NotifyFifoConfig left, NotifyFifoConfig right) =>
        (left.Path, left.User, left.Group, left.Script?.User, left.Script?.Group)
            == (right.Path, right.User, right.Group, right.Script?.User, right.Script?.Group)
        && (left.Script?.Command ?? []).SequenceEqual(right.Script?.Command ?? []);

    private ScriptCommand? Reader(NotifyFifoConfig config, GlobalDefinitions global)
    {
        if (config.Script is not { } script)
        {
            return null;
        }

        ScriptCommand reader = ScriptSecurity.WithDefaultUser(new ScriptCommand(
            script.Command, script.User ?? global.ScriptUser, script.User is null ? global.ScriptGroup : script.Group));
        return Security.MayRun(config.Path, reader) ? reader : null;
    }

    /// <param name="OfServers">Null: of all kinds; else of servers only, or of VRRP only.</param>
    private sealed record EventPipe(NotifyFifoConfig Config, NotifyPipe Pipe, bool? OfServers);
}
