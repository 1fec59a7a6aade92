namespace Pointsman.Wire;

/// <summary>RFC 826 opcodes.</summary>
public enum ArpOperation : ushort
{
    Request = 1,
    Reply = 2,
}
