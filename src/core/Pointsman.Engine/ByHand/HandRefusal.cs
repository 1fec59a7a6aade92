namespace Pointsman.Engine.ByHand;

/// <summary>Why an order by hand cannot be carried out. Commands have words of their own for each.</summary>
public enum HandRefusal
{
    None,
    ServiceExists,
    NoSuchService,
    ServiceOfServerMissing,
    ServerExists,
    NoSuchServer,

    /// <summary>The lower limit is above the upper one.</summary>
    LimitsReversed,
}
