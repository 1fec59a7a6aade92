using System.CommandLine;
using System.Text.Json;
using Pointsman.App.RealServer;
using Pointsman.Linux.Network;

namespace Pointsman.App.Tests.RealServer;

public sealed class RealServerCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("linux-rsc-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Up_WithUnfitAddresses_NamesEachAndDoesNothing()
    {
        ParseResult parsed = RealServerCommand.Create().Parse(["up", "--vip", "10.0.0.300", "--vip", "2001:db8::1"]);

        Assert.Equal(
            ["--vip: '10.0.0.300' is not an IPv4 address", "--vip: '2001:db8::1' is IPv6, which is not supported yet"],
            parsed.Errors.Select(error => error.Message));
    }

    [Fact]
    public void Up_WithoutAnAddress_IsRefused() =>
        Assert.Contains("--vip", Assert.Single(RealServerCommand.Create().Parse(["up"]).Errors).Message, StringComparison.Ordinal);

    [Fact]
    public void Verbs_InTurn_ExitCodesAndWordsFollowTheMachine() => InNamespace(() =>
    {
        Assert.Equal(
            (1, "missing: no virtual IP is set up here: pointsman realserver up --vip ADDRESS\nnot a real server\n"),
            Run("status"));

        (int code, string text) = Run("up", "--vip", "10.9.0.100", "10.9.0.101", "--vip", "10.9.0.100");
        Assert.Equal(0, code);
        Assert.EndsWith("\nreal server for 10.9.0.100, 10.9.0.101\n", text, StringComparison.Ordinal);

        (code, text) = Run("status", "--vip", "10.9.0.102", "--json");
        Assert.Equal(1, code);
        using JsonDocument report = JsonDocument.Parse(text);
        Assert.Equal(
            "10.9.0.102 is not on lo: packets for it are not taken",
            report.RootElement.GetProperty("missing")[0].GetString());

        Assert.Equal((0, "real server for 10.9.0.100, 10.9.0.101\n"), Run("status"));
        (code, text) = Run("down");
        Assert.Equal(0, code);
        Assert.EndsWith("not a real server\n", text, StringComparison.Ordinal);
    });

    private static void InNamespace(Action test)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces need root");
        NetworkNamespace.InNew(() =>
        {
            using var up = System.Diagnostics.Process.Start("ip", "link set lo up");
            up.WaitForExit();
            test();
            return true;
        });
    }

    private (int Code, string Text) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        int code = RealServerCommand.Create().Parse([.. arguments, "--run-dir", _directory])
            .Invoke(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
        return (code, output.ToString());
    }
}
