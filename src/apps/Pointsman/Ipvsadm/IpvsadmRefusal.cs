namespace Pointsman.App.Ipvsadm;

/// <summary>Why a command line is not carried out: one line for standard error, and ipvsadm's exit code for it.</summary>
internal sealed record IpvsadmRefusal(string Message, int ExitCode)
{
    /// <summary>The command line is wrong.</summary>
    internal const int Usage = 2;

    /// <summary>popt could not make sense of it, or there is no command: ipvsadm returns -1 then.</summary>
    internal const int Popt = 255;

    internal static IpvsadmRefusal TryHelp { get; } =
        new("Try `ipvsadm -h' or 'ipvsadm --help' for more information.", Popt);
}
