using System.Collections.Immutable;

namespace Pointsman.Probes.Sending;

/// <summary>Where mail goes, and how.</summary>
/// <param name="Server">An address or a name.</param>
/// <param name="StepTimeout">For the connection, and for each answer as a whole.</param>
/// <param name="To">At least one.</param>
public sealed record MailSettings(
    string Server, ushort Port, TimeSpan StepTimeout, string HeloName, string From, ImmutableArray<string> To)
{
    public MailEncryption Encryption { get; init; }

    /// <summary>The name that the server's certificate must be for.</summary>
    public string CertificateName { get; init; } = Server;

    /// <summary>A PEM file of authorities; null: the system's.</summary>
    public string? Authorities { get; init; }

    /// <summary>Null: it does not log in.</summary>
    public MailLogin? Login { get; init; }

    /// <summary>As the log names the server.</summary>
    public string ServerName => $"[{Server}]:{Port}";
}

/// <param name="PasswordFile">Read at each login, so that a new password needs no reload.</param>
public sealed record MailLogin(string User, string PasswordFile);

public enum MailEncryption
{
    None,
    StartTls,
    Implicit,
}
