using Pointsman.Config.Grammar;
using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary><c>SMTP_CHECK</c> with <c>host</c> blocks, as before keepalived 2: each host is a check of its own.</summary>
internal static class SmtpHosts
{
    public static SmtpCheckConfig Take(SmtpCheckConfig check, Setting setting, BlockGrammar<SmtpCheckConfig> grammar)
    {
        if (check.Hosts.IsEmpty)
        {
            setting.Sink.Report(DiagnosticCatalogue.SmtpHostForm, setting.Statement.Keyword.Span);
        }

        return check with { Hosts = check.Hosts.Add(setting.Bind(grammar, new SmtpCheckConfig(setting.Statement.HeaderSpan)).Value) };
    }

    /// <summary>What a host's block does not say, its check says.</summary>
    public static IEnumerable<SmtpCheckConfig> Each(SmtpCheckConfig check) => check.Hosts.IsEmpty ? [check] : check.Hosts.Select(host => check with
    {
        Hosts = [],
        ConnectIp = host.ConnectIp ?? check.ConnectIp,
        ConnectPort = host.ConnectPort ?? check.ConnectPort,
        BindTo = host.BindTo ?? check.BindTo,
        BindPort = host.BindPort ?? check.BindPort,
        BindInterface = host.BindInterface ?? check.BindInterface,
        FirewallMark = host.FirewallMark == 0 ? check.FirewallMark : host.FirewallMark,
    });
}
