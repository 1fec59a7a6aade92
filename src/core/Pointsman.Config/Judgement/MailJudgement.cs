using Pointsman.Config.Model;

namespace Pointsman.Config.Judgement;

/// <summary>What is remarked on mail that nobody will get.</summary>
internal static class MailJudgement
{
    private const ushort ImplicitTlsPort = 465;

    public static void Judge(Configuration configuration, SettingPlaces places, DiagnosticSink sink)
    {
        MailConfig mail = configuration.Global.Mail;
        NoticeHalf(configuration, mail, places, sink);
        NoticeAddresses(mail, places, sink);
        NoticeName(mail, places, sink);
        NoticeSilence(configuration, mail, places, sink);
        NoticePort(mail, places, sink);
    }

    /// <summary>A password file, and a server, of this host.</summary>
    public static void JudgeHost(MailConfig mail, SettingPlaces places, IHost host, DiagnosticSink sink)
    {
        if (mail.Login is { } login && host.WhyNoSecret(login.PasswordFile) is { } fault)
        {
            sink.Add(DiagnosticSink.Make(JudgementCatalogue.SecretAtRisk, login.Source, login.PasswordFile) with { Label = fault });
        }

        if (mail.IsComplete && host.WhyNoMailServer(mail.Server!, mail.Port) is { } obstacle)
        {
            sink.Add(DiagnosticSink.Make(
                JudgementCatalogue.MailServerUnreached, places.Of(default, "smtp_server"), $"{mail.Server} {mail.Port}") with { Label = obstacle });
        }
    }

    // keepalived says nothing of it, and sends nothing.
    private static void NoticeHalf(Configuration configuration, MailConfig mail, SettingPlaces places, DiagnosticSink sink)
    {
        string? missing = mail.Server is null ? "smtp_server" : mail.To.IsEmpty ? "notification_email" : null;
        if (missing is not null && Wishes(configuration, places).FirstOrDefault() is { File: not null } place)
        {
            sink.Add(DiagnosticSink.Make(JudgementCatalogue.MailHalfSet, place, missing) with
            {
                Label = "asks for mail that is never sent",
                Hint = missing == "smtp_server" ? "add `smtp_server ADDRESS` to `global_defs`" : "add `notification_email { ADDRESS }` to `global_defs`",
            });
        }
    }

    /// <summary>Where mail is asked for, or set up.</summary>
    private static IEnumerable<SourceSpan> Wishes(Configuration configuration, SettingPlaces places)
    {
        MailConfig mail = configuration.Global.Mail;
        IEnumerable<SourceSpan?> all =
        [
            mail.To.IsEmpty ? null : places.Find(default, "notification_email"),
            mail.Server is null ? null : places.Find(default, "smtp_server"),
            mail.Alert == true ? places.Find(default, "smtp_alert") : null,
            mail.AlertVrrp == true ? places.Find(default, "smtp_alert_vrrp") : null,
            mail.AlertChecker == true ? places.Find(default, "smtp_alert_checker") : null,
            .. configuration.SyncGroups.Where(group => group.Notify.SmtpAlert == true).Select(group => places.Find(group.Source, "smtp_alert")),
            .. configuration.Instances.Where(instance => instance.Notify.SmtpAlert == true).Select(instance => places.Find(instance.Source, "smtp_alert")),
            .. configuration.VirtualServers.Where(server => server.SmtpAlert == true).Select(server => places.Find(server.Source, "smtp_alert")),
            .. configuration.VirtualServers.SelectMany(server => server.RealServers).Where(server => server.SmtpAlert == true)
                .Select(server => places.Find(server.Source, "smtp_alert")),
        ];
        return all.OfType<SourceSpan>();
    }

    private static void NoticeAddresses(MailConfig mail, SettingPlaces places, DiagnosticSink sink)
    {
        if (mail.From is { } from && Fault(from) is { } why)
        {
            sink.Add(DiagnosticSink.Make(JudgementCatalogue.NoMailAddress, places.Of(default, "notification_email_from"), from) with { Label = why });
        }

        foreach (string to in mail.To)
        {
            if (Fault(to) is { } fault)
            {
                sink.Add(DiagnosticSink.Make(JudgementCatalogue.NoMailAddress, places.Of(default, "notification_email"), to) with { Label = fault });
            }
        }
    }

    // RFC 5321 §4.1.2, as far as typing errors go.
    private static string? Fault(string address)
    {
        int at = address.LastIndexOf('@');
        return address.Any(letter => letter is ' ' or '<' or '>' or ',' or ';' || char.IsControl(letter)) ? "one address, bare: no name, no brackets, no list"
            : at < 0 ? "it has no `@`"
            : at == 0 ? "nothing stands before its `@`"
            : Uri.CheckHostName(address[(at + 1)..].Trim('[', ']')) == UriHostNameType.Unknown ? "no host name stands behind its `@`"
            : null;
    }

    private static void NoticeName(MailConfig mail, SettingPlaces places, DiagnosticSink sink)
    {
        if (mail.IsComplete && Uri.CheckHostName(mail.Server!) == UriHostNameType.Dns && mail.Server != "localhost")
        {
            sink.Add(DiagnosticSink.Make(JudgementCatalogue.MailServerByName, places.Of(default, "smtp_server"), mail.Server!) with
            {
                Label = "looked up for each mail",
            });
        }
    }

    private static void NoticeSilence(Configuration configuration, MailConfig mail, SettingPlaces places, DiagnosticSink sink)
    {
        bool tells = configuration.Instances.Any(instance => mail.TellsOf(instance.Notify))
            || configuration.SyncGroups.Any(group => mail.TellsOf(group.Notify))
            || configuration.VirtualServers.Any(server => mail.TellsOf(server) || server.RealServers.Any(real => mail.TellsOf(real, server)));
        if (mail.IsComplete && !tells)
        {
            sink.Add(DiagnosticSink.Make(JudgementCatalogue.MailAboutNothing, places.Of(default, "smtp_server")));
        }
    }

    private static void NoticePort(MailConfig mail, SettingPlaces places, DiagnosticSink sink)
    {
        if (mail.IsComplete && mail.Port == ImplicitTlsPort != (mail.Security == MailSecurity.Implicit))
        {
            (string label, string hint) = mail.Port == ImplicitTlsPort
                ? ("on this port a server expects TLS from the first byte", "add `#pointsman: smtp_tls implicit`, or use port 25 or 587")
                : ("on this port a server expects plain words first", "type `smtp_server ADDRESS 465`, or `#pointsman: smtp_tls starttls`");
            sink.Add(DiagnosticSink.Make(JudgementCatalogue.MailPortUnfit, places.Of(default, "smtp_server"), mail.Port, Word(mail.Security)) with
            {
                Label = label, Hint = hint,
            });
        }
    }

    private static string Word(MailSecurity security) => security.ToString().ToLowerInvariant();
}
