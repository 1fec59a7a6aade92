namespace Pointsman.Base.Routing;

/// <summary>Where a route goes among others to the same target.</summary>
public enum IpRoutePlace
{
    /// <summary>Before them (<c>prepend</c>, keepalived's default).</summary>
    First,

    /// <summary>Only if there is none (<c>add</c>).</summary>
    Alone,

    /// <summary>Behind them (<c>append</c>).</summary>
    Last,
}
