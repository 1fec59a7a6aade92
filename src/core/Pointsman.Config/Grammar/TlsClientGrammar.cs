using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary><c>SSL</c>.</summary>
internal static class TlsClientGrammar
{
    private static readonly Argument Path = Argument.Text("a path");

    public static BlockGrammar<TlsClientConfig> Block { get; } = new("SSL",
    [
        new("certificate", Path, "the client's certificate (PEM), and after it those of its issuers", (client, setting) =>
            client with { Certificate = setting.Value.Text })
        { IsRequired = true },

        new("key", Path, "its key (PEM)", (client, setting) => client with { Key = setting.Value.Text })
        { Default = "it stands with the certificate" },

        new("password", Argument.Text("a password"), "of the key", (client, setting) => client with { Password = setting.Value.Text })
        { Default = "none" },

        new("ca", Path, "issuers' certificates (PEM) that are shown with it; as in keepalived, no server's own is verified", (client, setting) =>
            client with { Authorities = setting.Value.Text })
        { Default = "none" },
    ])
    {
        Blank = () => new TlsClientConfig(default(SourceSpan)),
    };
}
