using Pointsman.App.Ipvsadm;
using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.App.Tests.Ipvsadm;

/// <summary>What the user's page shows is what the program prints.</summary>
public sealed class DocumentedListingTests
{
    private static readonly TransportEndpoint Vip = new(IpAddress.Parse("192.168.1.200"), 80);
    private static readonly TransportEndpoint Server = new(IpAddress.Parse("192.168.1.201"), 80);

    private static readonly IpvsTables Tables = new(
        262144,
        [
            new IpvsService(
                new ServiceKey(TransportProtocol.Tcp, Vip), "rr", new IpvsPersistence(TimeSpan.FromSeconds(60), 32), default,
                [new IpvsServer(Server, ForwardingMethod.DirectRoute, 1, 12, 345, 1, default)]),
            new IpvsService(
                new ServiceKey(TransportProtocol.Tcp, new TransportEndpoint(IpAddress.Parse("10.0.0.100"), 5432)),
                "wlc", null, default, []),
        ],
        [
            Connection(895, "ESTABLISHED", 44003),
            Connection(118, "FIN_WAIT", 44001),
            Connection(57, "ASSURED", 0),
        ],
        IpvsTimeouts.Default);

    [Theory]
    [InlineData("-Ln")]
    [InlineData("-Lnc")]
    public void UserPage_ShowsWhatIsPrinted(string options)
    {
        // The page has no blanks at line ends.
        string printed = IpvsadmRun.Of(options, Tables).Output.Replace("$\n", "\n", StringComparison.Ordinal);
        string[] lines = [.. printed.Split('\n').Select(line => line.TrimEnd())];

        Assert.Contains($"```\n# ipvsadm {options}\n{string.Join('\n', lines)}```\n", UserPages.Read("docs/status-and-ipvsadm.md"), StringComparison.Ordinal);
    }

    private static IpvsConnection Connection(int seconds, string state, ushort port) => new(
        TransportProtocol.Tcp, TimeSpan.FromSeconds(seconds), state,
        new TransportEndpoint(IpAddress.Parse("10.1.0.2"), port), Vip, Server);
}
