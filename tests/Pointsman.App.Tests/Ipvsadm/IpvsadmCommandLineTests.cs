using Pointsman.App.Ipvsadm;
using Pointsman.Base;

namespace Pointsman.App.Tests.Ipvsadm;

public sealed class IpvsadmCommandLineTests
{
    private const string TryHelp = "Try `ipvsadm -h' or 'ipvsadm --help' for more information.";

    /// <summary>Messages and codes as recorded from ipvsadm 1.31.</summary>
    [Theory]
    [InlineData("foo", 255, TryHelp)]
    [InlineData("-q", 255, TryHelp)]
    [InlineData("--bogus", 255, TryHelp)]
    [InlineData("-n", 255, TryHelp)]
    [InlineData("-t 192.0.2.1:80 -L", 255, TryHelp)]
    [InlineData("-Ln foo", 2, "unexpected argument foo")]
    [InlineData("-Ln -- -c", 2, "unexpected argument -c")]
    [InlineData("-Ln -", 2, "unexpected argument -")]
    [InlineData("-L --bogus", 255, "--bogus: unknown option")]
    [InlineData("-Lnq", 255, "-Lnq: unknown option")]
    [InlineData("-L -t", 255, "-t: missing argument")]
    [InlineData("-L --numeric=yes", 255, "--numeric=yes: option does not take an argument")]
    [InlineData("-L -h", 2, "invalid option `-h'")]
    [InlineData("-L -D", 2, "invalid option `-D'")]
    [InlineData("-L -n -n", 2, "multiple 'numeric' options specified")]
    [InlineData("-L -t 192.0.2.1:80 -u 192.0.2.2:80", 2, "multiple 'service-address' options specified")]
    [InlineData("-L -w 1", 2, "Illegal 'weight' option with the 'list' command")]
    [InlineData("-L -r 198.51.100.1", 2, "Illegal 'real-server' option with the 'list' command")]
    [InlineData("-L -c -t 192.0.2.1:80", 2, "The option 'service-address' conflicts with the 'connection' option in the 'list' command")]
    [InlineData("-L --timeout -c", 2, "The option 'timeout' conflicts with the 'connection' option in the 'list' command")]
    [InlineData("-L --timeout --daemon", 2, "The option 'daemon' conflicts with the 'timeout' option in the 'list' command")]
    [InlineData("-L -c --stats", 2, "options conflicts in the list command")]
    [InlineData("-L --timeout --rate", 2, "options conflicts in the list command")]
    [InlineData("-L --daemon --persistent-conn", 2, "options conflicts in the list command")]
    [InlineData("-L -f 0", 2, "invalid fwmark value `0' specified")]
    [InlineData("-L -f 0x10", 2, "invalid fwmark value `0x10' specified")]
    [InlineData("-L -f -3", 2, "invalid fwmark value `-3' specified")]
    [InlineData("-L -6 -f 5", 2, "-6 used before -f\n")]
    [InlineData("-L -t 80", 2, "illegal virtual server address[:port] specified")]
    public void CommandLine_Wrong_IsRefusedInIpvsadmsWords(string commandLine, int exitCode, string message) =>
        Assert.Equal(new IpvsadmRun(exitCode, "", message + "\n"), IpvsadmRun.Of(commandLine, MustNotRead));

    [Theory]
    [InlineData("-v")]
    [InlineData("--version")]
    public void Version_StartsAsScriptsExpect(string commandLine)
    {
        IpvsadmRun run = IpvsadmRun.Of(commandLine, MustNotRead);

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("ipvsadm v1.31 (Pointsman ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-h")]
    [InlineData("--help")]
    public void Help_NamesEveryOption(string commandLine)
    {
        IpvsadmRun run = IpvsadmRun.Of(commandLine, MustNotRead);

        Assert.Equal(0, run.ExitCode);
        Assert.All(
            ["-t", "-u", "--sctp-service", "-f", "-6", "-n", "-c", "--timeout", "--daemon", "--stats", "--rate", "--exact",
                "--thresholds", "--persistent-conn", "--tun-info", "--nosort", "--sort",
                "-A", "-E", "-D", "-C", "-a", "-e", "-d", "-R", "-S", "-Z", "--set", "-s", "-p", "-M", "-b", "-r", "-g", "-m", "-w", "-x", "-y"],
            option => Assert.Contains(option, run.Output, StringComparison.Ordinal));
        Assert.All(
            IpvsadmSyntax.All,
            option => Assert.True(
                IsNamed(run.Output, option.Short is { } letter ? $"-{letter}" : null) || IsNamed(run.Output, option.Long is { } word ? $"--{word}" : null),
                $"-{option.Short} --{option.Long}"));
    }

    [Fact]
    public void Tables_CannotBeRead_IsSaidAsIpvsadmSaysIt() => Assert.Equal(
        new IpvsadmRun(
            2, "", "Can't initialize ipvs: Permission denied (you must be root)\nAre you sure that IP Virtual Server is built in the kernel or as module?\n"),
        IpvsadmRun.Of("-Ln", () => throw new IpvsTablesException("Permission denied (you must be root)")));

    [Theory]
    [InlineData("192.0.2.1:80", "192.0.2.1:80")]
    [InlineData("192.0.2.1", "192.0.2.1:0")]
    [InlineData("192.0.2.1:http", "192.0.2.1:80")]
    [InlineData("192.0.2.1:www", "192.0.2.1:80")]
    [InlineData("10.1:82", "10.0.0.1:82")]
    [InlineData("vip.example.net:80", "192.0.2.1:80")]
    [InlineData("[2001:db8::1]:443", "[2001:db8::1]:443")]
    [InlineData("2001:db8::3", "[2001:db8::3]:0")]
    [InlineData("[2001:db8::1]", null)]
    [InlineData("[]:80", null)]
    [InlineData("[", null)]
    [InlineData("]", null)]
    [InlineData(":80", null)]
    [InlineData("", null)]
    [InlineData("192.0.2.1:", null)]
    [InlineData("192.0.2.1:65536", null)]
    [InlineData("192.0.2.1:-1", null)]
    [InlineData("192.0.2.1:domain", null)]
    [InlineData("192.0.2.256:80", null)]
    [InlineData("no.such.host:80", null)]
    [InlineData("80", null)]
    public void Address_IsReadAsIpvsadmReadsIt(string text, string? expected)
    {
        var parser = new ServiceAddressParser(
            name => name == "vip.example.net" ? IpAddress.Parse("192.0.2.1") : null,
            ServiceNames.Parse("http 80/tcp www # WorldWideWeb\ndomain 53/udp\nbroken\nalso/broken x\nhttp 8080/tcp\n"));

        var found = parser.ParseAddress(TransportProtocol.Tcp, text) as ServiceSelector.ByAddress;

        Assert.Equal(expected, found?.Key.Address.ToString());
    }

    [Fact]
    public void CommandLines_OfRandomPieces_AlwaysEndInACodeAndAtMostOneLineOfComplaint()
    {
        string[] pieces =
        [
            "-L", "-l", "-n", "-c", "-Lnc", "--list", "--stats", "--rate", "--", "-", "--=", "-=", "-t=", "-t", "-f", "1",
            "192.0.2.1:80", "[", "[::1]:1", "::", "-6", "--timeout=", "--nosort", "é", "-é", "--exact", "-LXXX", "\0", "-Lt",
        ];
        var random = new Prng(20);
        for (int run = 0; run < 20_000; run++)
        {
            string[] words = [.. Enumerable.Range(0, random.NextInt(6)).Select(_ => pieces[random.NextInt(pieces.Length)])];
            string commandLine = string.Join(' ', words);
            IpvsadmRun result = IpvsadmRun.Of(commandLine, SampleTables.WithConnections);

            Assert.True(result.ExitCode is 0 or 1 or 2 or 255, commandLine);
            int lines = result.Error.Replace("\n\n", "\n", StringComparison.Ordinal).Count(letter => letter == '\n');
            Assert.True(lines == (result.ExitCode == 0 ? 0 : 1), commandLine);
        }
    }

    private static bool IsNamed(string text, string? option) =>
        option is not null && text.Split([' ', ',', '|', '[', ']', '\n']).Contains(option);

    private static IpvsTables MustNotRead() => throw new InvalidOperationException("the tables were read");
}
