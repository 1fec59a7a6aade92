using System.Globalization;

namespace Pointsman.Dataplane.Tracing;

/// <summary>The names of SCTP's chunks, RFC 9260 §3.2.</summary>
public static class SctpChunks
{
    private static readonly string[] Names =
    [
        "data", "init", "init-ack", "sack", "heartbeat", "heartbeat-ack", "abort", "shutdown", "shutdown-ack", "error",
        "cookie-echo", "cookie-ack", "ecne", "cwr", "shutdown-complete",
    ];

    public static string NameOf(byte chunk) =>
        chunk < Names.Length ? Names[chunk].ToUpperInvariant() : string.Create(CultureInfo.InvariantCulture, $"chunk {chunk}");

    /// <summary>Null: there is no chunk of that name.</summary>
    public static byte? TypeOf(string name) => Array.IndexOf(Names, name) is >= 0 and var type ? (byte)type : null;
}
