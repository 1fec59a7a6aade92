namespace Pointsman.Dataplane.Tests;

/// <summary>How packets get to the server of a <see cref="NarrowWire"/>, and its answers back.</summary>
public enum NarrowWay
{
    Direct,
    Nat,
    FullNat,
}
