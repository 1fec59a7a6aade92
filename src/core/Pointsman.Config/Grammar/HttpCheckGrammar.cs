using System.Collections.Immutable;
using Pointsman.Config.Binding;
using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary><c>HTTP_GET</c> and <c>SSL_GET</c>, which differ in their name only.</summary>
internal static class HttpCheckGrammar
{
    public static BlockGrammar<HttpUrlConfig> Url { get; } = new("url",
    [
        new("path", Argument.Text("a path"), "which page", (url, setting) => url with { Path = setting.Value.Text })
        { IsRequired = true },

        new("digest", Argument.Text("an MD5 digest of 32 hexadecimal digits"), "its digest, as genhash prints it", HttpUrlRules.TakeDigest)
        { Default = "not compared" },

        new("status_code", Argument.Texts("status codes, 100..599, or ranges A-B"), "its status", HttpUrlRules.TakeStatusCodes)
        { Default = "200-299" },

        new("virtualhost", Argument.Text("a host name"), "the host that is asked for", (url, setting) =>
            url with { VirtualHost = setting.Value.Text })
        { Default = "the checker's" },

        new("regex", Argument.Pattern, "a pattern that the answer must hold", HttpUrlRules.TakeRegex)
        { Default = "not searched" },

        new("regex_no_match", Argument.Nothing, "the answer must not hold it", (url, _) => url with { RegexNoMatch = true })
        { Default = "off" },

        new("regex_options", Argument.Texts("names of PCRE2, such as caseless"), "how the pattern is read", HttpUrlRules.TakeRegexOptions)
        { Default = "none" },

        new("regex_min_offset", Argument.Number(0, int.MaxValue), "the first byte at which a match may begin", (url, setting) =>
            url with { RegexMinOffset = setting.Whole })
        { Default = "0" },

        new("regex_max_offset", Argument.Number(0, int.MaxValue), "the last byte at which a match may begin", (url, setting) =>
            url with { RegexMaxOffset = setting.Whole })
        { Default = "no limit" },

        new("tls_compliant", Argument.Nothing, "the connection must end as TLS wants it", (url, _) => url with { TlsCompliant = true })
        { Default = "off" },
    ]);

    public static BlockGrammar<HttpCheckConfig> Http { get; } = new("HTTP_GET", Rows());

    public static BlockGrammar<HttpCheckConfig> Tls { get; } = new("SSL_GET", Rows());

    private static ImmutableArray<Keyword<HttpCheckConfig>> Rows() =>
    [
        .. CheckerRows.Of<HttpCheckConfig>(pause: "3"),

        new("http_protocol", Argument.Choice(["1.0", "1.0C", "1.1", "1.1C"], ignoresCase: true), "the version of HTTP; C says that the connection is to close",
            (check, setting) => check with { HttpProtocol = setting.Value.Text == "1.1C" ? "1.1" : setting.Value.Text })
        { Default = "1.0" },

        new("virtualhost", Argument.Text("a host name"), "the host that is asked for", (check, setting) =>
            check with { VirtualHost = setting.Value.Text })
        { Default = "the real server's" },

        new("enable_sni", Argument.Boolean, "name the host in TLS", (check, setting) =>
            check with { EnableSni = setting.Value.IsOn })
        { Default = "off" },

        new("sni_name", Argument.Text("a host name"), "the name that enable_sni tells", (check, setting) =>
            check with { SniName = setting.Value.Text })
        { Default = "virtualhost" },

        new("fast_recovery", Argument.Boolean, "pages are asked for without a pause until it is up", (check, setting) =>
            check with { FastRecovery = setting.Value.IsOn })
        { Default = "off" },

        new("tls_compliant", Argument.Nothing, "the connection must end as TLS wants it", (check, _) =>
            check with { TlsCompliant = true })
        { Default = "off" },

        new("url", Argument.Nothing, "a page", (check, setting) =>
            check with { Urls = check.Urls.Add(HttpUrlRules.Complete(setting.Bind(Url, new HttpUrlConfig(setting.Statement.HeaderSpan)), setting.Sink)) })
        { Opens = Url, IsRepeatable = true, IsRequired = true },
    ];
}
