namespace Pointsman.Config.Model;

/// <summary><c>#pointsman: smtp_login USER FILE</c>.</summary>
/// <param name="PasswordFile">Its first line is the password.</param>
public sealed record MailLoginConfig(string User, string PasswordFile, SourceSpan Source);
