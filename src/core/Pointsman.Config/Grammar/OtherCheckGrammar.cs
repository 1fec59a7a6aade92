using Pointsman.Config.Binding;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary>The checkers with few settings of their own.</summary>
internal static class OtherCheckGrammar
{
    private static readonly Argument ReplyBytes = Argument.Number(0, ushort.MaxValue);

    /// <summary>The old form of a check of another host.</summary>
    public static BlockGrammar<SmtpCheckConfig> SmtpHost { get; } = new("host", CheckerRows.Connection<SmtpCheckConfig>());

    public static BlockGrammar<SmtpCheckConfig> Smtp { get; } = new("SMTP_CHECK",
    [
        .. CheckerRows.Of<SmtpCheckConfig>(),

        new("helo_name", Argument.Text("a name"), "how the check introduces itself", (check, setting) =>
            check with { HeloName = setting.Value.Text })
        { Default = "smtpchecker.keepalived.org" },

        new("host", Argument.Nothing, "the old form: a check of this host, instead of the real server", (check, setting) =>
            SmtpHosts.Take(check, setting, SmtpHost))
        { Opens = SmtpHost, IsRepeatable = true },
    ]);

    public static BlockGrammar<DnsCheckConfig> Dns { get; } = new("DNS_CHECK",
    [
        .. CheckerRows.Of<DnsCheckConfig>(retry: "3", pause: "the delay loop"),

        new("type", Argument.Choice(["A", "NS", "CNAME", "SOA", "MX", "TXT", "AAAA", "RRSIG", "DNSKEY"]), "the record that is asked for",
            (check, setting) => check with { Type = setting.Value.Text })
        { Default = "SOA" },

        new("name", Argument.Text("a name"), "the name that is asked for", DnsNameRules.Take)
        { Default = "`.`" },
    ]);

    public static BlockGrammar<UdpCheckConfig> Udp { get; } = new("UDP_CHECK",
    [
        .. CheckerRows.Of<UdpCheckConfig>(),

        new("payload", Argument.Texts(HexBytes.Form), "the datagram", HexBytes.TakePayload)
        { Default = "32 random bytes" },

        new("require_reply", Argument.OptionalTexts(HexBytes.MaskedForm), "the answer, or its first bytes", HexBytes.TakeReply)
        { Default = "no answer is needed" },

        new("min_reply_length", ReplyBytes, "the answer's least length", (check, setting) => check with { MinReplyLength = setting.Whole })
        { Default = "0" },

        new("max_reply_length", ReplyBytes, "the answer's greatest length", (check, setting) => check with { MaxReplyLength = setting.Whole })
        { Default = "255 where the answer's bytes are given" },
    ]);

    public static BlockGrammar<PingCheckConfig> Ping { get; } = new("PING_CHECK", CheckerRows.Of<PingCheckConfig>());

    public static BlockGrammar<FileCheckConfig> File { get; } = new("FILE_CHECK",
    [
        new("track_file", Argument.Text("the name of a track_file"), "the file whose number counts", (check, setting) =>
            check with { TrackFile = setting.Value.Text })
        { IsRequired = true },

        new("weight", Argument.Weight(int.MaxValue), "what the number is multiplied with and added to the server's weight; 0: any number but 0 is a failure",
            (check, setting) => check with { Weight = setting.Whole, Reverse = setting.Value.IsOn, HasWeight = true })
        { Default = "the track_file's" },
    ]);

    public static BlockGrammar<BfdCheckConfig> Bfd { get; } = new("BFD_CHECK",
    [
        new("name", Argument.Text("the name of a bfd_instance"), "the path that it follows", (check, setting) =>
            check with { Name = setting.Value.Text })
        { IsRequired = true },

        new("alpha", Argument.Boolean, "down until the path is up", (check, setting) =>
            check with { Times = check.Times with { Alpha = setting.Value.IsOn } })
        { Default = "the real server's" },
    ]);

    public static BlockGrammar<MiscCheckConfig> Misc { get; } = new("MISC_CHECK",
    [
        .. CheckerRows.Timing<MiscCheckConfig>(retry: "0"),

        new("misc_path", Argument.Command, "the command: exit status 0 is success", (check, setting) =>
            check with { Command = CommandLine.Read(setting) })
        { IsRequired = true },

        new("misc_timeout", Argument.Seconds(Limits.SecondsLeast, Limits.SecondsMost), "a longer run counts as failure", (check, setting) =>
            check with { Timeout = setting.Value.Time })
        { Default = "the delay loop" },

        new("misc_dynamic", Argument.Nothing, "an exit status from 2 on is a success, and the weight plus two", (check, _) =>
            check with { IsDynamic = true })
        { Default = "off" },

        new("user", Argument.UserAndGroup, "who runs it", (check, setting) =>
            check with { User = setting.Value.Texts[0], Group = setting.Value.Texts.ElementAtOrDefault(1) })
        { Default = "script_user" },
    ]);
}
