namespace Pointsman.Wire;

/// <summary>RFC 5880 §4.1, as numbered on the wire.</summary>
public enum BfdState
{
    AdminDown = 0,
    Down = 1,
    Init = 2,
    Up = 3,
}
