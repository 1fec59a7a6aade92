namespace Pointsman.Lab;

/// <summary>Which program the lab's directors run: the same topologies serve to compare the two.</summary>
public enum DirectorKind
{
    Pointsman,
    Keepalived,
}
