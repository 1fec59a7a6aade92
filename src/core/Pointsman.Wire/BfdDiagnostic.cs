namespace Pointsman.Wire;

/// <summary>Why a session last left Up (RFC 5880 §4.1); other numbers up to 31 may be heard.</summary>
public enum BfdDiagnostic
{
    None = 0,
    ControlDetectionTimeExpired = 1,
    EchoFailed = 2,
    NeighborSignaledDown = 3,
    ForwardingPlaneReset = 4,
    PathDown = 5,
    ConcatenatedPathDown = 6,
    AdministrativelyDown = 7,
    ReverseConcatenatedPathDown = 8,
}
