using Pointsman.Config.Model;

namespace Pointsman.Config.Grammar;

/// <summary><c>TCP_CHECK</c>.</summary>
internal static class TcpCheckGrammar
{
    public static BlockGrammar<TcpCheckConfig> Block { get; } = new("TCP_CHECK",
    [
        .. CheckerRows.Of<TcpCheckConfig>(),
    ]);
}
