using Pointsman.App.Ipvsadm;
using Pointsman.Base;

namespace Pointsman.App.Tests.Ipvsadm;

/// <summary>One run of the program against given tables, on a host that knows two names.</summary>
internal sealed record IpvsadmRun(int ExitCode, string Output, string Error)
{
    private static readonly ServiceNames Services = ServiceNames.Parse("http 80/tcp www\ndomain 53/udp\n");

    internal static IpvsadmRun Of(string commandLine, Func<IpvsTables?> read) =>
        Of(commandLine, read, new IpvsadmChanges(_ => throw new IpvsTablesException("no daemon is running")), "");

    /// <param name="input">What is read by <c>-R</c>.</param>
    internal static IpvsadmRun Of(string commandLine, Func<IpvsTables?> read, IpvsadmChanges changes, string input)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] args = commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var host = new IpvsadmHost(
            address => address == IpAddress.Parse("198.51.100.1") ? "web1.example.net"
                : address == IpAddress.Parse("2001:db8::80") ? "vip6.example.net"
                : address == IpAddress.Parse("198.51.100.2") ? "a-host-with-a-name-that-is-too-long.example.net" : null,
            name => name == "vip.example.net" ? IpAddress.Parse("192.0.2.1") : null,
            Services,
            span => span * 2); // A loaded host sleeps longer than it was asked to.
        int code = IpvsadmProgram.Run(args, output, error, read, host, changes, new StringReader(input));
        return new IpvsadmRun(code, ShowTrailingBlanks(output.ToString()), error.ToString());
    }

    internal static IpvsadmRun Of(string commandLine, IpvsTables? tables) => Of(commandLine, () => tables);

    // As cat -e shows them: ipvsadm pads its last column, and an editor must not be able to break the expectation.
    private static string ShowTrailingBlanks(string text) => text.Replace(" \n", " $\n", StringComparison.Ordinal);
}
