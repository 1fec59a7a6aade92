using Pointsman.Config.Model;

namespace Pointsman.Engine.Notifications;

// Who is told what servers do, in keepalived's words: the script of the event, then the pipe, then mail. Where a service begins is no
// change, and nobody is told of it but by rs_init_notifies.

/// <summary>Turns changes of real servers and quorums into notices.</summary>
internal sealed class ServiceNotifications(Configuration configuration)
{
    /// <summary>It joins its virtual server, or leaves it.</summary>
    public void OnServer(int virtualServer, int realServer, bool isUp, string reason, List<DirectorAction> actions)
    {
        RealServerConfig server = configuration.VirtualServers[virtualServer].RealServers[realServer];
        Run($"RS {NameOf(virtualServer, realServer)} of VS {NameOf(virtualServer)}", isUp ? server.NotifyUp : server.NotifyDown, actions);
        actions.Add(new DirectorAction.Tell(
            new Notice.Happened("RS", NameOf(virtualServer, realServer), NameOf(virtualServer), Word(isUp), Priority: 0) { Reason = reason }));
    }

    /// <summary>One of its checks turned.</summary>
    /// <param name="hasTurned">The server turned with it.</param>
    /// <param name="isUp">The server is up now.</param>
    /// <param name="check">What it says of it, and the same for the log, with what was seen.</param>
    public void OnCheck(int virtualServer, int realServer, bool hasTurned, bool isUp, (string Said, string LogLine) check, List<DirectorAction> actions)
    {
        VirtualServerConfig owner = configuration.VirtualServers[virtualServer];
        MailConfig mail = configuration.Global.Mail;
        if (mail.IsComplete && mail.TellsOf(owner.RealServers[realServer], owner) && (hasTurned || !mail.NoCheckers))
        {
            MailServer(virtualServer, realServer, isUp, $"=> {check.Said} <=\n{check.LogLine}", actions);
        }
    }

    /// <param name="line">What happened: <c>Lost quorum 1-0=1 &gt; 0</c>.</param>
    public void OnQuorum(int virtualServer, bool isUp, string line, List<DirectorAction> actions)
    {
        VirtualServerConfig server = configuration.VirtualServers[virtualServer];
        Run($"VS {NameOf(virtualServer)}", isUp ? server.QuorumUp : server.QuorumDown, actions);
        actions.Add(new DirectorAction.Tell(
            new Notice.Happened("VS", NameOf(virtualServer), Owner: null, Word(isUp), Priority: 0) { Reason = line }));
        MailConfig mail = configuration.Global.Mail;
        if (mail.IsComplete && mail.TellsOf(server))
        {
            actions.Add(Mail($"Virtualserver {NameOf(virtualServer)} - {Word(isUp)}", $"=> {line} <="));
        }
    }

    /// <summary>The daemon ends, and <c>omega</c> says that this is the end of its servers.</summary>
    public void OnServerStop(int virtualServer, int realServer, List<DirectorAction> actions)
    {
        OnServer(virtualServer, realServer, isUp: false, "the daemon ends", actions);
        VirtualServerConfig owner = configuration.VirtualServers[virtualServer];
        MailConfig mail = configuration.Global.Mail;
        if (mail.IsComplete && mail.TellsOf(owner.RealServers[realServer], owner))
        {
            MailServer(virtualServer, realServer, isUp: false, "=> Shutting down <=", actions);
        }
    }

    private static string Word(bool isUp) => isUp ? "UP" : "DOWN";

    private static DirectorAction.Tell Mail(string subject, string body) => new(new Notice.SendMail(subject, body));

    private void MailServer(int virtualServer, int realServer, bool isUp, string body, List<DirectorAction> actions) => actions.Add(Mail(
        $"Realserver {NameOf(virtualServer, realServer)} of virtual server {NameOf(virtualServer)} - {Word(isUp)}", body));

    private string NameOf(int virtualServer)
    {
        VirtualServerConfig server = configuration.VirtualServers[virtualServer];
        return OperatorText.Service(server);
    }

    private string NameOf(int virtualServer, int realServer)
    {
        VirtualServerConfig owner = configuration.VirtualServers[virtualServer];
        return OperatorText.Service(owner.RealServers[realServer].Address, owner.Protocol);
    }

    // Scripts of one subject run one after the other.
    private void Run(string subject, NotifyScriptConfig? script, List<DirectorAction> actions)
    {
        if (script is not null)
        {
            GlobalDefinitions global = configuration.Global;
            actions.Add(new DirectorAction.Tell(new Notice.RunScript(
                subject, script.Command, script.User ?? global.ScriptUser, script.User is null ? global.ScriptGroup : script.Group)));
        }
    }
}
