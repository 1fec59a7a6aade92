using System.Text.Json.Serialization;

namespace Pointsman.App.Run;

/// <summary>
/// One entry of the file; what it means stands at the record in Pointsman.Engine.ByHand. That of the timeouts has no service.
/// </summary>
internal sealed record HandNote
{
    public string Protocol { get; init; } = "";

    public string Address { get; init; } = "";

    public ushort Port { get; init; }

    public uint Mark { get; init; }

    public string? Server { get; init; }

    public ushort ServerPort { get; init; }

    public string? FileSaid { get; init; }

    public string? Algorithm { get; init; }

    public int Flags { get; init; }

    public double? PersistenceSeconds { get; init; }

    public int PersistencePrefixLength { get; init; }

    public uint PersistenceGaps { get; init; }

    public bool OnePacket { get; init; }

    public bool ByCall { get; init; }

    public string? Kind { get; init; }

    public ushort GuePort { get; init; }

    public int Weight { get; init; }

    public int UpperThreshold { get; init; }

    public int LowerThreshold { get; init; }

    public double? TcpSeconds { get; init; }

    public double? TcpFinSeconds { get; init; }

    public double? UdpSeconds { get; init; }
}

/// <summary>How the file is written; no reflection.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(HandNote[]))]
internal sealed partial class HandJson : JsonSerializerContext;
