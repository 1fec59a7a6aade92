using System.Collections.Immutable;
using static Pointsman.Config.Inventory.Reasons;

namespace Pointsman.Config.Inventory;

/// <summary>What the checkers that are missing have of their own.</summary>
internal static class CheckerInventory
{
    public static ImmutableArray<KnownKeyword> Rows { get; } =
    [
        .. new BlockInventory("url")
            .NoEffect("regex_stack", "START MAXIMUM", "PCRE2's", "memory for the pattern", "a pattern gets the memory it needs, up to the library's own limit")
            .Rows,
        .. new BlockInventory("SMTP_CHECK")
            .Refused("helo_name", "name", "smtpchecker.keepalived.org", "how the check introduces itself", OtherChecker)
            .Refused("host", "{ block }", "the real server", "another host to check", OtherChecker)
            .Rows,
        .. new BlockInventory("MISC_CHECK")
            .Refused("misc_path", "COMMAND", "must be given", "the command", OtherChecker)
            .Refused("misc_timeout", "seconds", "delay_loop", "patience with it", OtherChecker)
            .Refused("misc_dynamic", "", "off", "its exit status is a weight", OtherChecker)
            .Rows,
        .. new BlockInventory("DNS_CHECK")
            .Refused("type", "A NS CNAME SOA MX TXT AAAA RRSIG DNSKEY", "SOA", "the record that is asked for", OtherChecker)
            .Refused("name", "name", ".", "the name that is asked for", OtherChecker)
            .Rows,
        .. new BlockInventory("UDP_CHECK")
            .Refused("payload", "hex digits or \"text\"", "random", "the datagram", OtherChecker)
            .Refused("require_reply", "[hex digits with a mask]", "off", "the answer", OtherChecker)
            .Refused("min_reply_length", "bytes", "0", "the answer's length", OtherChecker)
            .Refused("max_reply_length", "bytes", "255", "the answer's length", OtherChecker)
            .Rows,
    ];
}
