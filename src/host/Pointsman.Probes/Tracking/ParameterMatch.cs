namespace Pointsman.Probes.Tracking;

/// <summary>How a process's parameters are compared.</summary>
public enum ParameterMatch
{
    /// <summary>All are the same.</summary>
    Exact,

    /// <summary>The first ones are the same.</summary>
    Initial,

    /// <summary>As <see cref="Initial"/>, and the last one named may be the begin of the process's.</summary>
    Partial,
}
