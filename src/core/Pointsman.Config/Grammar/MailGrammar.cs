using System.Collections.Immutable;
using System.Diagnostics;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config.Grammar;

/// <summary>What <c>global_defs</c> says of mail.</summary>
internal static class MailGrammar
{
    private static readonly BlockGrammar<ImmutableArray<string>> Addresses = new("notification_email", "ADDRESS",
        (addresses, line, _) => addresses.AddRange(line.Words.Select(word => word.Text)));

    public static ImmutableArray<Keyword<GlobalDefinitions>> Rows { get; } =
    [
        Row("notification_email", Argument.Texts("mail addresses"), "who gets mail", (mail, setting) =>
            mail with { To = setting.Bind(Addresses, mail.To.AddRange(setting.Value.Texts)).Value }) with
        { Opens = Addresses, IsRepeatable = true, Default = "nobody" },

        Row("notification_email_from", Argument.Text("a mail address"), "who sends mail", (mail, setting) =>
            mail with { From = setting.Value.Text }) with
        { Default = "keepalived@ and the host name" },

        Row("smtp_server", Argument.Host, "the mail server", (mail, setting) =>
            mail with { Server = setting.Value.Text, Port = setting.Value.Port == 0 ? (ushort)25 : setting.Value.Port }) with
        { Default = "no mail is sent" },

        Row("smtp_connect_timeout", Argument.Seconds(1, Limits.SecondsMost), "patience with the mail server, for each answer", (mail, setting) =>
            mail with { ConnectTimeout = setting.Value.Time }) with
        { Default = "30" },

        Row("smtp_connection_timeout", Argument.Seconds(1, Limits.SecondsMost), "a spelling seen in tutorials", (mail, setting) =>
            mail with { ConnectTimeout = setting.Value.Time }) with
        { OldNameOf = "smtp_connect_timeout" },

        Row("smtp_helo_name", Argument.Text("a name"), "how this node introduces itself to the mail server", (mail, setting) =>
            mail with { HeloName = setting.Value.Text }) with
        { Default = "the host name" },

        Row("smtp_alert", Argument.Boolean, "mail on every change, where nothing else is said", (mail, setting) =>
            mail with { Alert = setting.Value.IsOn }) with
        { Default = "mail about real servers only" },

        Row("smtp_alert_vrrp", Argument.Boolean, "the same for instances and groups", (mail, setting) =>
            mail with { AlertVrrp = setting.Value.IsOn }) with
        { Default = "smtp_alert" },

        Row("smtp_alert_checker", Argument.Boolean, "the same for virtual and real servers", (mail, setting) =>
            mail with { AlertChecker = setting.Value.IsOn }) with
        { Default = "smtp_alert" },

        Row("no_email_faults", Argument.Nothing, "no mail on entering FAULT", (mail, _) => mail with { NoFaults = true }),

        Row("no_checker_emails", Argument.Boolean, "no mail on a check that does not turn its real server", (mail, setting) =>
            mail with { NoCheckers = setting.Value.IsOn }) with
        { Default = "off" },

        Row($"{Directive.Prefix}smtp_tls", Argument.Choice(["starttls", "implicit", "off"]), "how talk with the mail server is encrypted",
            (mail, setting) => mail with { Security = SecurityOf(setting.Value.Text) }) with
        { Default = "off" },

        Row($"{Directive.Prefix}smtp_tls_name", Argument.Text("a host name"), "the name on the mail server's certificate", (mail, setting) =>
            mail with { TlsName = setting.Value.Text }) with
        { Default = "what smtp_server says" },

        Row($"{Directive.Prefix}smtp_tls_ca", Argument.Text("a file of certificates (PEM)"), "who vouches for the mail server's certificate",
            (mail, setting) => mail with { TlsCertificates = setting.Value.Text }) with
        { Default = "the system's authorities" },

        Row($"{Directive.Prefix}smtp_login", Argument.Texts("USER PASSWORD_FILE"), "how this node logs in; the password is the file's first line",
            TakeLogin) with
        { Default = "it does not log in" },
    ];

    private static Keyword<GlobalDefinitions> Row(
        string name, Argument argument, string meaning, Func<MailConfig, Setting, MailConfig> take) =>
        new(name, argument, meaning, (global, setting) => global with { Mail = take(global.Mail, setting) });

    private static MailSecurity SecurityOf(string word) => word switch
    {
        "starttls" => MailSecurity.StartTls,
        "implicit" => MailSecurity.Implicit,
        "off" => MailSecurity.Off,
        _ => throw new UnreachableException("the words of a choice are checked"),
    };

    private static MailConfig TakeLogin(MailConfig mail, Setting setting)
    {
        ImmutableArray<Word> words = setting.Statement.Arguments;
        if (words.Length != 2 || !words[1].Text.StartsWith('/'))
        {
            ArgumentReader.ReportWrong(words.Length == 2 ? words[1] : words[^1], "a user, and the whole path of a file with the password", setting.Sink);
            return mail;
        }

        return mail with { Login = new MailLoginConfig(words[0].Text, words[1].Text, setting.Statement.HeaderSpan) };
    }
}
