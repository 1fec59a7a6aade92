using Pointsman.Config.Model;

namespace Pointsman.Config.Binding;

/// <summary>What must hold between the settings of mail.</summary>
internal static class MailRules
{
    public static void Check(MailConfig mail, bool hasGaps, DiagnosticSink sink)
    {
        if (mail is { Login: { } login, Security: MailSecurity.Off } && !hasGaps)
        {
            sink.Report(DiagnosticCatalogue.LoginInClear, login.Source);
        }
    }
}
