using System.Text;
using Pointsman.Config.Grammar;

namespace Pointsman.Config.Binding;

/// <summary><c>authentication</c>: a password counts only beside its type, and only its first eight characters.</summary>
internal sealed record AuthenticationDraft(bool HasType, bool UsesHeader, string? Password)
{
    // RFC 2338 §5.3.10: the authentication data are eight octets.
    private const int PasswordLengthLimit = 8;

    public static AuthenticationDraft Read(Setting setting)
    {
        Bound<AuthenticationDraft> bound =
            setting.Bind(InstanceGrammar.Authentication, new AuthenticationDraft(HasType: false, UsesHeader: false, Password: null));
        (bool hasType, bool hasPassword) = (bound.Has("auth_type"), bound.Has("auth_pass"));
        if (hasType != hasPassword)
        {
            (string present, string missing) = hasType ? ("auth_type", "auth_pass") : ("auth_pass", "auth_type");
            setting.Sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.AuthenticationIncomplete, bound.Given[present].Keyword.Span, present, missing) with
            {
                Hint = hasType ? "add `auth_pass` with the password of the other nodes" : "add `auth_type PASS`",
            });
        }

        return bound.Value.HasType ? bound.Value : bound.Value with { Password = null };
    }

    public static AuthenticationDraft TakePassword(AuthenticationDraft authentication, Setting setting)
    {
        string password = setting.Value.Text;
        int lengthBytes = Encoding.UTF8.GetByteCount(password);
        if (lengthBytes > PasswordLengthLimit)
        {
            string counted = Counted(password);
            setting.Sink.Add(DiagnosticSink.Make(
                DiagnosticCatalogue.PasswordCut, setting.FirstArgument, lengthBytes) with
            {
                Label = $"only `{counted}` is sent and compared",
                Hint = $"type `auth_pass {counted}`",
            });
            password = counted;
        }

        return authentication with { Password = password };
    }

    /// <summary>The characters that fit whole.</summary>
    private static string Counted(string password)
    {
        int usedBytes = 0;
        var counted = new StringBuilder();
        foreach (Rune letter in password.EnumerateRunes())
        {
            usedBytes += letter.Utf8SequenceLength;
            if (usedBytes > PasswordLengthLimit)
            {
                break;
            }

            counted.Append(letter);
        }

        return counted.ToString();
    }
}
