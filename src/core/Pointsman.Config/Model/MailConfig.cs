using System.Collections.Immutable;

namespace Pointsman.Config.Model;

/// <summary>What <c>global_defs</c> says of mail: who sends it, who gets it, by which server, and about what.</summary>
public sealed record MailConfig
{
    public ImmutableArray<string> To { get; init; } = [];

    /// <summary>Null: <c>keepalived@</c> and the host's name.</summary>
    public string? From { get; init; }

    /// <summary>An address or a name; null: no mail is sent.</summary>
    public string? Server { get; init; }

    public ushort Port { get; init; } = 25;

    /// <summary>For the connection, and for each answer of the server.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Null: the host's name.</summary>
    public string? HeloName { get; init; }

    public bool? Alert { get; init; }

    public bool? AlertVrrp { get; init; }

    public bool? AlertChecker { get; init; }

    /// <summary>Nothing is sent when an instance or group enters FAULT.</summary>
    public bool NoFaults { get; init; }

    /// <summary>A check that turns without turning its server is not told of.</summary>
    public bool NoCheckers { get; init; }

    public MailSecurity Security { get; init; }

    /// <summary>Whose certificate the server must show; null: that of <see cref="Server"/>.</summary>
    public string? TlsName { get; init; }

    /// <summary>Certificates that vouch for the server's, instead of the system's.</summary>
    public string? TlsCertificates { get; init; }

    public MailLoginConfig? Login { get; init; }

    /// <summary>Whether there is whom to send to and by whom.</summary>
    public bool IsComplete => Server is not null && !To.IsEmpty;

    /// <summary>Of an instance's or a group's changes.</summary>
    public bool TellsOf(NotifyConfig notify) => notify.SmtpAlert ?? AlertVrrp ?? Alert ?? false;

    /// <summary>Of a lost or regained quorum.</summary>
    public bool TellsOf(VirtualServerConfig server) => server.SmtpAlert ?? AlertChecker ?? Alert ?? false;

    /// <summary>Of a real server's changes: keepalived sends these when nothing at all is said.</summary>
    public bool TellsOf(RealServerConfig server, VirtualServerConfig owner) =>
        server.SmtpAlert ?? owner.SmtpAlert ?? AlertChecker ?? Alert ?? true;
}
