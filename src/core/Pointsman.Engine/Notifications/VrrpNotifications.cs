using System.Diagnostics;
using System.Globalization;
using Pointsman.Config.Model;
using Pointsman.Vrrp;

namespace Pointsman.Engine.Notifications;

// Who is told of what the VRRP machines do, in keepalived's words and order: the script of the state, then `notify`, then
// the pipe, then mail. What an instance or group already is, is not told again: after a reload or with a new VRRP process
// the machines start anew, and nothing has happened.

/// <summary>Turns changes of instances and groups into notices.</summary>
public sealed class VrrpNotifications(Configuration configuration)
{
    private readonly SortedDictionary<string, string> _told = new(StringComparer.Ordinal);
    private Configuration _configuration = configuration;

    public void OnInstanceChanged(string instance, VrrpState to, VrrpReason reason, byte priority, List<Notice> notices)
    {
        // An ordered farewell is no stop: where it leads to comes with the next change.
        if (FindInstance(instance) is { } found && reason != VrrpReason.HandingOver)
        {
            Tell(new Subject("INSTANCE", instance, found.Notify, priority), StateWord(to), notices);
        }
    }

    public void OnGroupChanged(string group, VrrpState to, List<Notice> notices)
    {
        if (_configuration.SyncGroups.FirstOrDefault(other => other.Name == group) is { } found)
        {
            Tell(new Subject("GROUP", group, found.Notify, Priority: 0), StateWord(to), notices);
        }
    }

    /// <summary>A master answers a lower one.</summary>
    public void OnLowerPriorityHeard(string instance, byte priority, List<Notice> notices)
    {
        if (FindInstance(instance) is { } found)
        {
            var subject = new Subject("INSTANCE", instance, found.Notify, priority);
            Run(subject, found.Notify.LowerPriorityHeard, [], notices);
            notices.Add(subject.Event("MASTER_RX_LOWER_PRI"));
        }
    }

    public void OnPriorityChanged(string instance, byte priority, List<Notice> notices)
    {
        if (FindInstance(instance) is { } found
            && (found.Notify.PriorityChanges ?? _configuration.Global.NotifyPriorityChanges))
        {
            var subject = new Subject("INSTANCE", instance, found.Notify, priority);
            bool isMaster = _told.GetValueOrDefault(subject.Key) == "MASTER";
            notices.Add(subject.Event(isMaster ? "MASTER_PRIORITY" : "BACKUP_PRIORITY"));
        }
    }

    /// <summary>Another configuration holds from here: what it drops is told, by the old one's words.</summary>
    public void OnReload(Configuration next, List<Notice> notices)
    {
        foreach (VrrpInstanceConfig gone in _configuration.Instances)
        {
            if (next.Instances.All(instance => instance.Name != gone.Name))
            {
                TellDeleted(new Subject("INSTANCE", gone.Name, gone.Notify, gone.Priority), notices);
            }
        }

        foreach (SyncGroupConfig gone in _configuration.SyncGroups)
        {
            if (next.SyncGroups.All(group => group.Name != gone.Name))
            {
                TellDeleted(new Subject("GROUP", gone.Name, gone.Notify, Priority: 0), notices);
            }
        }

        _configuration = next;
        if (next.Global.FifoWriteStatesOnReload)
        {
            RepeatStates(notices);
        }
    }

    private static string StateWord(VrrpState state) => state switch
    {
        VrrpState.Master => "MASTER",
        VrrpState.Backup => "BACKUP",
        VrrpState.Fault => "FAULT",
        VrrpState.Leaving or VrrpState.Initialize => "STOP",
        _ => throw new UnreachableException(),
    };

    private VrrpInstanceConfig? FindInstance(string name) =>
        _configuration.Instances.FirstOrDefault(instance => instance.Name == name);

    private void Tell(in Subject subject, string state, List<Notice> notices)
    {
        if (_told.GetValueOrDefault(subject.Key) == state)
        {
            return;
        }

        _told[subject.Key] = state;
        NotifyConfig notify = subject.Notify;
        NotifyScriptConfig? special = state switch
        {
            "MASTER" => notify.Master,
            "BACKUP" => notify.Backup,
            "FAULT" => notify.Fault,
            "STOP" => notify.Stop,
            _ => throw new UnreachableException(),
        };
        Run(subject, special, [], notices);
        RunGeneric(subject, state, notices);
        notices.Add(subject.Event(state));
        AddMail(subject, state, notices);
    }

    // keepalived: an instance without notify_deleted ends in FAULT, which notify and the pipes are told of, and notify_fault is
    // not; of a group that is no more nobody is told.
    private void TellDeleted(in Subject subject, List<Notice> notices)
    {
        if (subject.Notify.Deleted is not null)
        {
            Run(subject, subject.Notify.Deleted, [], notices);
            RunGeneric(subject, "DELETED", notices);
            notices.Add(subject.Event("DELETED"));
        }
        else if (subject.Kind == "INSTANCE" && _told.GetValueOrDefault(subject.Key) != "FAULT")
        {
            RunGeneric(subject, "FAULT", notices);
            notices.Add(subject.Event("FAULT"));
            AddMail(subject, "FAULT", notices);
        }

        _told.Remove(subject.Key);
    }

    private void RepeatStates(List<Notice> notices)
    {
        foreach (VrrpInstanceConfig instance in _configuration.Instances)
        {
            var subject = new Subject("INSTANCE", instance.Name, instance.Notify, instance.Priority);
            if (_told.TryGetValue(subject.Key, out string? state))
            {
                notices.Add(subject.Event(state));
            }
        }

        foreach (SyncGroupConfig group in _configuration.SyncGroups)
        {
            var subject = new Subject("GROUP", group.Name, group.Notify, Priority: 0);
            if (_told.TryGetValue(subject.Key, out string? state))
            {
                notices.Add(subject.Event(state));
            }
        }
    }

    private void RunGeneric(in Subject subject, string state, List<Notice> notices) => Run(
        subject,
        subject.Notify.Any,
        [subject.Kind, subject.Name, state, subject.Priority.ToString(CultureInfo.InvariantCulture)],
        notices);

    private void Run(in Subject subject, NotifyScriptConfig? script, ReadOnlySpan<string> more, List<Notice> notices)
    {
        if (script is not null)
        {
            notices.Add(new Notice.RunScript(
                subject.LogName,
                [.. script.Command, .. more],
                script.User ?? _configuration.Global.ScriptUser,
                script.User is null ? _configuration.Global.ScriptGroup : script.Group));
        }
    }

    private void AddMail(in Subject subject, string state, List<Notice> notices)
    {
        MailConfig mail = _configuration.Global.Mail;
        if (!mail.IsComplete || !mail.TellsOf(subject.Notify) || (state == "FAULT" && mail.NoFaults))
        {
            return;
        }

        bool isGroup = subject.Kind == "GROUP";
        string about = isGroup ? $"VRRP Group {subject.Name}" : $"VRRP Instance {subject.Name}";
        string what = state == "STOP" ? "Stopping" : $"Entering {state} state";
        string body = (isGroup, state) switch
        {
            (true, "STOP") => "All VRRP group instances are now stopping",
            (true, _) => $"All VRRP group instances are now in {state} state",
            (false, "MASTER") => "VRRP Instance is now owning VRRP VIPs",
            (false, "STOP") => "VRRP Instance stopping",
            (false, _) => "VRRP Instance is no longer owning VRRP VIPs",
        };
        notices.Add(new Notice.SendMail($"{about} - {what}", $"=> {body} <="));
    }

    /// <param name="Kind">INSTANCE or GROUP, as scripts are told.</param>
    private readonly record struct Subject(string Kind, string Name, NotifyConfig Notify, byte Priority)
    {
        public string Key => $"{Kind} {Name}";

        public string LogName => Kind == "GROUP" ? $"VRRP_Group({Name})" : $"VRRP_Instance({Name})";

        public Notice.Happened Event(string state) => new(Kind, Name, Owner: null, state, Priority);
    }
}
