using System.Collections.Immutable;
using System.Text;

namespace Pointsman.Probes.Sending;

/// <summary>AUTH PLAIN (RFC 4616), or AUTH LOGIN where a server has nothing else.</summary>
internal static class SmtpLogin
{
    internal static async Task LogInAsync(SmtpTalk talk, MailLogin login, ImmutableArray<string> abilities)
    {
        string password = Password(login.PasswordFile);
        string[] ways = abilities.FirstOrDefault(ability => ability.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase))
            ?.ToUpperInvariant().Split(' ') ?? [];
        SmtpReply reply;
        if (ways.Contains("PLAIN"))
        {
            reply = await talk.SayAsync($"AUTH PLAIN {Base64($"\0{login.User}\0{password}")}", "AUTH PLAIN");
        }
        else if (ways.Contains("LOGIN"))
        {
            reply = await talk.SayAsync("AUTH LOGIN", "AUTH LOGIN");
            reply = reply.Code == 334 ? await talk.SayAsync(Base64(login.User), "AUTH LOGIN") : reply;
            reply = reply.Code == 334 ? await talk.SayAsync(Base64(password), "AUTH LOGIN") : reply;
        }
        else
        {
            throw new MailTrouble($"it offers no login by PLAIN or LOGIN{(ways.Length == 0 ? "" : $", only by {string.Join(' ', ways[1..])}")}");
        }

        if (reply.Code != 235)
        {
            throw new MailTrouble($"login of {login.User}: it answers {reply}");
        }
    }

    private static string Password(string file)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault() is { Length: > 0 } line
                ? line
                : throw new MailTrouble($"the password file {file} is empty");
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            throw new MailTrouble($"the password file: {cannot.Message}");
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
