using Pointsman.Wire;

namespace Pointsman.Bfd;

/// <summary>What a session asks of the world; a value, so that a session allocates nothing.</summary>
public readonly record struct BfdAction
{
    private BfdAction(bool isSend) => IsSend = isSend;

    /// <summary>Send <see cref="Packet"/>; else the state has changed.</summary>
    public bool IsSend { get; }

    public BfdControlPacket Packet { get; private init; }

    public BfdState From { get; private init; }

    public BfdState To { get; private init; }

    public BfdDiagnostic Diagnostic { get; private init; }

    internal static BfdAction Send(in BfdControlPacket packet) => new(isSend: true) { Packet = packet };

    internal static BfdAction Changed(BfdState from, BfdState to, BfdDiagnostic diagnostic) =>
        new(isSend: false) { From = from, To = to, Diagnostic = diagnostic };
}
