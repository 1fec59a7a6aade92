using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary><c>real_server</c>.</summary>
internal static class RealServerGrammar
{
    public static BlockGrammar<RealServerConfig> Block { get; } = new("real_server",
    [
        new("weight", Argument.Number(0, Limits.WeightMost), "its share; 0 takes no new connections", (server, setting) =>
            server with { Weight = setting.Whole })
        { Default = "1" },

        new("TCP_CHECK", Argument.Nothing, "alive when a connection can be opened", (server, setting) =>
        {
            var check = new TcpCheckConfig(setting.Statement.HeaderSpan);
            return server with { Checks = server.Checks.Add(setting.Bind(TcpCheckGrammar.Block, check).Value) };
        })
        { Opens = TcpCheckGrammar.Block, IsRepeatable = true },

        new("smtp_alert", Argument.Boolean, "mail when it falls or rises", (server, _) => server)
        { IsForMail = true },
    ])
    {
        Blank = () => new RealServerConfig(default, default),
    };
}
