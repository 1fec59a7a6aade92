namespace Pointsman.Config.Model;

/// <summary>The words of <c>#pointsman: smtp_tls</c>.</summary>
public enum MailSecurity
{
    /// <summary>Plain SMTP, as keepalived's.</summary>
    Off,

    /// <summary>RFC 3207; a server that does not offer it gets no mail.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314 §3.3), usually on port 465.</summary>
    Implicit,
}
