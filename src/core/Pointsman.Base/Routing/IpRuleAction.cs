namespace Pointsman.Base.Routing;

/// <summary>What a rule does with a packet, numbered as the kernel numbers it (FR_ACT_*).</summary>
public enum IpRuleAction : byte
{
    Table = 1,
    Goto = 2,
    Nop = 3,
    Blackhole = 6,
    Unreachable = 7,
    Prohibit = 8,
}
