using System.Collections.Immutable;
using static Pointsman.Config.Inventory.Reasons;

namespace Pointsman.Config.Inventory;

/// <summary>The rest of <c>TCP_CHECK</c>, and what the other checkers have of their own.</summary>
internal static class CheckerInventory
{
    public static ImmutableArray<KnownKeyword> Rows { get; } =
    [
        .. new BlockInventory("TCP_CHECK")
            .Refused("bindto", "address", "the system's choice", "where the check comes from", "the system chooses the address")
            .Refused("bind_port", "1..65535", "the system's choice", "its port", "the system chooses the port")
            .Refused("bind_if", "interface", "the system's choice", "the interface it leaves by", "the system's routes choose the interface")
            .Refused("fwmark", "number", "0", "the firewall mark of its packets", "its packets have no mark")
            .Refused("alpha", "", "off", "down until a check succeeds", NoOpening)
            .NoEffect("log_all_failures", "on or off", "off", "every failed check in the log", OneLog)
            .Rows,
        .. new BlockInventory("HTTP_GET")
            .Refused("http_protocol", "1.0, 1.0C or 1.1", "1.0", "the version of HTTP", OtherChecker)
            .Refused("virtualhost", "name", "the real server's", "the host that is asked for", OtherChecker)
            .Refused("enable_sni", "[on or off]", "off", "name the host in TLS", OtherChecker)
            .Refused("sni_name", "name", "virtualhost", "that name", OtherChecker)
            .Refused("fast_recovery", "[on or off]", "off", "one success is enough", OtherChecker)
            .Refused("tls_compliant", "", "off", "TLS must be closed in order", OtherChecker)
            .Refused("url", "{ block }", "must be given", "a page", OtherChecker)
            .Rows,
        .. new BlockInventory("url")
            .Refused("path", "path", "/", "which page", OtherChecker)
            .Refused("digest", "MD5", "", "its digest", OtherChecker)
            .Refused("status_code", "100..599 or A-B, several", "200-299", "its status", OtherChecker)
            .Refused("virtualhost", "name", "the checker's", "the host that is asked for", OtherChecker)
            .Refused("regex", "pattern", "", "what the page holds", OtherChecker)
            .Refused("regex_no_match", "", "off", "what it does not hold", OtherChecker)
            .Refused("regex_options", "names of PCRE2", "", "how the pattern is read", OtherChecker)
            .Refused("regex_min_offset", "bytes", "0", "where matches may begin", OtherChecker)
            .Refused("regex_max_offset", "bytes", "no limit", "where matches must have begun", OtherChecker)
            .Refused("regex_stack", "START MAXIMUM", "PCRE2's", "memory for the pattern", OtherChecker)
            .Refused("tls_compliant", "", "off", "TLS must be closed in order", OtherChecker)
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
