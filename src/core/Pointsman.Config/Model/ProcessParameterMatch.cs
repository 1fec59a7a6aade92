namespace Pointsman.Config.Model;

/// <summary>How a tracked process's parameters are compared.</summary>
public enum ProcessParameterMatch
{
    /// <summary>All of them are the same.</summary>
    Exact,

    /// <summary>Its first ones are the same.</summary>
    Initial,

    /// <summary>As <see cref="Initial"/>, and the last one that is named may be the begin of the process's.</summary>
    Partial,
}
