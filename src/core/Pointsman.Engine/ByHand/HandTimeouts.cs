using Pointsman.Balance.Connections;
using Pointsman.Config.Model;

namespace Pointsman.Engine.ByHand;

/// <summary>How long idle connections are remembered, where <c>ipvsadm --set</c> said so.</summary>
/// <param name="Set">Null parts are the file's.</param>
/// <param name="FileSaid">What the file said then; null: nothing. <see cref="Unknown"/>: no daemon was there to know.</param>
public sealed record HandTimeouts(LvsTimeoutsConfig Set, string? FileSaid)
{
    public const string Unknown = "?";

    /// <summary>For the operator.</summary>
    public override string ToString() =>
        $"timeouts: {Text(Set)}{(FileSaid is null or Unknown ? "" : $" (the file: {FileSaid})")}";

    internal static string? Text(LvsTimeoutsConfig? timeouts) => timeouts is null ? null : string.Join(' ', timeouts.Words);

    /// <summary>With them idle connections are remembered as the file alone has it.</summary>
    internal static bool IsAsTheFile(LvsTimeoutsConfig set, LvsTimeoutsConfig? file)
    {
        LvsTimeoutsConfig usual = new(ConnectionTimeouts.Default.Established, ConnectionTimeouts.Default.FinWait, ConnectionTimeouts.Default.Udp);
        LvsTimeoutsConfig said = file is null ? usual : Merged(file, usual);
        return Merged(set, said) == said;
    }

    internal static LvsTimeoutsConfig Merged(LvsTimeoutsConfig over, LvsTimeoutsConfig? under) =>
        new(over.Tcp ?? under?.Tcp, over.TcpFin ?? under?.TcpFin, over.Udp ?? under?.Udp);
}
