namespace Pointsman.Vrrp;

/// <summary>What an operator asks of a sync group, or of an instance that is in none.</summary>
public enum VrrpOrder
{
    /// <summary>Nothing beyond the configuration; ends what was ordered before.</summary>
    None,

    /// <summary>
    /// Hand over to the other node and leave it in peace, whatever the priorities, until this node is master again. A
    /// master without a successor serves on, and the order is over.
    /// </summary>
    StandAside,

    /// <summary>Take over from a master of lower priority, also where <c>nopreempt</c> says to leave it in peace.</summary>
    TakeOver,

    /// <summary>Hand over and stay out (FAULT) until ordered otherwise; refused while no successor is heard.</summary>
    Rest,

    /// <summary>As <see cref="Rest"/>, even if then nobody serves.</summary>
    RestUnserved,
}
