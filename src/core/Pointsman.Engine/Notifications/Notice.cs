using System.Collections.Immutable;

namespace Pointsman.Engine.Notifications;

/// <summary>Something somebody outside is told. A list of them is in the order they must go out.</summary>
public abstract record Notice
{
    private Notice()
    {
    }

    /// <summary>Run a script; the scripts of one <paramref name="Subject"/> run one after the other.</summary>
    /// <param name="Subject">What it is about, such as <c>VRRP_Instance(VI_1)</c>.</param>
    /// <param name="Command">Program and arguments, the event's own included.</param>
    /// <param name="User">Null: the node's default.</param>
    public sealed record RunScript(string Subject, ImmutableArray<string> Command, string? User, string? Group) : Notice;

    /// <summary>A line for the pipes of VRRP, with its line end.</summary>
    public sealed record WriteLine(string Line) : Notice;

    /// <summary>A mail to those who are named in <c>global_defs</c>.</summary>
    /// <param name="Subject">Without the router id in front.</param>
    public sealed record SendMail(string Subject, string Body) : Notice;
}
