using Pointsman.App.Ipvsadm;
using Pointsman.Balance;
using Pointsman.Base;
using Pointsman.Config.Model;
using Pointsman.Engine;
using Pointsman.Engine.ByHand;
using Pointsman.Tests;

namespace Pointsman.App.Tests.Ipvsadm;

/// <summary>
/// Debian's ipvsadm over the kernel's IPVS reads what ours saves, and ours what that one saves: scripts/record-ipvsadm had it read
/// <c>saved-here.rules</c>, and wrote what it saves and lists then.
/// </summary>
public sealed class RealIpvsadmTests
{
    [Fact]
    public void RulesSavedHere_AreWhatOursSaves() =>
        Assert.Equal(Recorded("saved-here.rules"), IpvsadmRun.Of("-Sn", Tables(Recorded("saved-here.rules"))).Output);

    [Fact]
    public void RulesThatIpvsadmSaved_AreTakenByOurs_AndMeanTheSame()
    {
        string[] theirs = [.. Recorded("saved-by-ipvsadm.rules").Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        Assert.Equal(Lines("saved-here.rules").Order(StringComparer.Ordinal), theirs.Order(StringComparer.Ordinal));

        var orders = new List<string>();
        var ours = new IpvsadmChanges(lines =>
        {
            orders.AddRange(lines);
            return [.. lines.Select(_ => "")];
        });
        Assert.Equal(new IpvsadmRun(0, "", ""), IpvsadmRun.Of("-R", () => null, ours, Recorded("saved-by-ipvsadm.rules")));
        Assert.Equal(theirs.Length, orders.Count);
        Assert.Equal(
            IpvsadmRun.Of("-Ln", Tables(Recorded("saved-here.rules"))).Output,
            IpvsadmRun.Of("-Ln", Tables(Recorded("saved-by-ipvsadm.rules"))).Output);
    }

    [Theory]
    [InlineData("-Ln", "listed-by-ipvsadm.txt")]
    [InlineData("-Ln --tun-info", "tunnels-by-ipvsadm.txt")]
    public void Listing_IsTheOneIpvsadmPrints(string command, string recorded) => Assert.Equal(
        Recorded(recorded),
        string.Concat(IpvsadmRun.Of(command, Tables(Recorded("saved-here.rules"))).Output.Replace(" $\n", " \n", StringComparison.Ordinal)
            .Split('\n').Skip(1).Where(line => line.Length > 0).Select(line => line + "\n")));

    private static string[] Lines(string name) => Recorded(name).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Recorded(string name) =>
        File.ReadAllText(SourceTree.PathOf("tests", "Pointsman.App.Tests", "Ipvsadm", "Recorded", name));

    // As the tables would be after these lines.
    private static IpvsTables Tables(string rules)
    {
        var services = new List<IpvsService>();
        foreach (string line in rules.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Null(IpvsadmCommandLine.TryParse(line.Split(' '), ServiceAddressParser.Numeric, out IpvsadmRequest request));
            switch (IpvsadmOrder.Of(request, out string? why))
            {
                case HandOrder.AddService add:
                    services.Add(Service(add));
                    break;
                case HandOrder.AddServer add:
                    int at = services.FindIndex(service => service.Key == add.Service);
                    services[at] = services[at] with { Servers = services[at].Servers.Add(Server(add)) };
                    break;
                default:
                    Assert.Fail($"{line}: {why}");
                    break;
            }
        }

        return IpvsTables.Empty with { Services = [.. services] };
    }

    private static IpvsService Service(HandOrder.AddService add) => new(
        add.Service,
        add.Settings.Algorithm.ToString().ToLowerInvariant(),
        add.Settings.Persistence is { } time ? new IpvsPersistence(time, add.Settings.PersistencePrefixLength) { Gaps = add.Settings.PersistenceGaps } : null,
        default,
        [])
    {
        Flags = (add.Settings.OnePacket ? ServiceFlags.OnePacket : 0)
            | (add.Settings.ByCall ? ServiceFlags.Calls : 0)
            | (add.Settings.Flags.HasFlag(SchedulerFlags.First) ? ServiceFlags.Fallback : 0)
            | (add.Settings.Flags.HasFlag(SchedulerFlags.Second) ? ServiceFlags.Port : 0)
            | (add.Settings.Flags.HasFlag(SchedulerFlags.Third) ? ServiceFlags.Third : 0),
    };

    private static IpvsServer Server(HandOrder.AddServer add) => new(
        add.Server,
        add.Settings.Kind == LoadBalanceKind.Nat ? ForwardingMethod.Masquerade
            : add.Settings.Kind == LoadBalanceKind.Dr ? ForwardingMethod.DirectRoute : ForwardingMethod.Tunnel,
        add.Settings.Weight, 0, 0, 0, default)
    {
        Tunnel = TunnelWords.TunnelOf(add.Settings.Kind),
        TunnelChecksum = TunnelWords.ChecksumOf(add.Settings.Kind),
        TunnelPort = add.Settings.GuePort,
    };
}
