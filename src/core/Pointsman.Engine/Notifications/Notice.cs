using System.Collections.Immutable;
using System.Globalization;

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

    /// <summary>An event, for pipes and webhooks.</summary>
    /// <param name="Kind">INSTANCE, GROUP, VS or RS.</param>
    /// <param name="Owner">Of an RS: its virtual server.</param>
    /// <param name="Priority">Of an INSTANCE; 0 for all others.</param>
    public sealed record Happened(string Kind, string Name, string? Owner, string State, byte Priority) : Notice
    {
        /// <summary>In the operator's words; null where the state says all.</summary>
        public string? Reason { get; init; }

        public bool IsOfServers => Kind is "VS" or "RS";

        /// <summary>As keepalived writes it, with its line end.</summary>
        public string Line => IsOfServers
            ? $"{Kind} {Name}{(Owner is null ? "" : $" {Owner}")} {State}\n"
            : string.Create(CultureInfo.InvariantCulture, $"{Kind} \"{Name}\" {State} {Priority}\n");
    }

    /// <summary>A mail to those who are named in <c>global_defs</c>.</summary>
    /// <param name="Subject">Without the router id in front.</param>
    public sealed record SendMail(string Subject, string Body) : Notice;
}
