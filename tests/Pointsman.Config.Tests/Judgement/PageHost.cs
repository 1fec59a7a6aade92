using Pointsman.Base;
using Pointsman.Config.Judgement;

namespace Pointsman.Config.Tests.Judgement;

/// <summary>The host of the examples: <c>eth0</c> with .201, a script that is fine, one that is not there, one anybody may write, no server on .99, a firewall that marks IPv4 with 7.</summary>
internal sealed class PageHost : IHost
{
    internal IReadOnlySet<(uint Mark, IpFamily Family)>? Marks { get; init; } = new HashSet<(uint Mark, IpFamily Family)> { (7, IpFamily.V4) };

    public IReadOnlyCollection<string> Interfaces => ["lo", "eth0"];

    public IReadOnlyCollection<IpAddress> Addresses => [IpAddress.Parse("192.168.1.201")];

    public string? WhyNotRunnable(string program, string? user, string? group) =>
        program.Contains("ngnix", StringComparison.Ordinal) ? $"'{program}' does not exist" : null;

    public string? WhoElseMayChange(string program) =>
        program.StartsWith("/home", StringComparison.Ordinal) ? "'/home/web' is owner 1000, group 1000, mode 0755" : null;

    public string? WhyNoMailServer(string server, ushort port) => server.EndsWith("99", StringComparison.Ordinal) ? "No route to host" : null;

    public IReadOnlySet<(uint Mark, IpFamily Family)>? MarksThatAreSet() => Marks;

    public string? WhyNoSecret(string path) => path.StartsWith("/home", StringComparison.Ordinal) ? "everybody may read it (mode 0644)" : null;
}
