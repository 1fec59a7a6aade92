using Pointsman.App.Check;
using Pointsman.Base;

namespace Pointsman.App.Tests.Check;

/// <summary>What the judge is told of this machine.</summary>
public sealed class ThisHostTests : IDisposable
{
    private const UnixFileMode Runnable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-host-").FullName;
    private readonly ThisHost _host = new();

    public ThisHostTests() => File.SetUnixFileMode(_folder, Runnable);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Loopback_IsAnInterfaceWhoseAddressesAreNobodysOwn()
    {
        Assert.Contains("lo", _host.Interfaces);
        Assert.DoesNotContain(IpAddress.Parse("127.0.0.1"), _host.Addresses);
    }

    [Fact]
    public void SoundScript_AskedFor_HasNoObstacle()
    {
        Assert.Null(_host.WhyNotRunnable(Script("#!/bin/sh\n"), "nobody", group: null));
        Assert.Null(_host.WhyNotRunnable("true", user: null, group: null));
        Assert.Null(_host.WhyNotRunnable("/bin/true", "nobody", group: null));
    }

    [Fact]
    public void MailServer_AskedFor_AnswersOrNot()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        ushort port = (ushort)((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        Assert.Null(_host.WhyNoMailServer("127.0.0.1", port));
        listener.Stop();
        Assert.Equal("Connection refused", _host.WhyNoMailServer("127.0.0.1", port));
        Assert.NotNull(_host.WhyNoMailServer("no.such.host.invalid", port));
    }

    [Fact]
    public void Secret_AskedFor_IsRootsOnlyAndHasALine()
    {
        string path = Path.Combine(_folder, "password");
        Assert.Contains("Could not find file", _host.WhyNoSecret(path), StringComparison.Ordinal);
        File.WriteAllText(path, "secret\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Equal("others may read or change it (mode 404)", _host.WhyNoSecret(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Null(_host.WhyNoSecret(path));
        File.WriteAllText(path, "\n");
        Assert.Equal("its first line is empty", _host.WhyNoSecret(path));
    }

    [Fact]
    public void ScriptThatIsNotThere_AskedFor_IsTold()
    {
        Assert.Contains("does not exist", _host.WhyNotRunnable($"{_folder}/none", "nobody", group: null), StringComparison.Ordinal);
        Assert.Contains("is not in PATH", _host.WhyNotRunnable("no-such-program", "nobody", group: null), StringComparison.Ordinal);
        Assert.Contains("is a directory", _host.WhyNotRunnable(_folder, "nobody", group: null), StringComparison.Ordinal);
    }

    [Fact]
    public void ScriptWithoutTheRightToRun_AskedFor_IsTold()
    {
        string script = Script("#!/bin/sh\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead);
        Assert.Contains("chmod +x", _host.WhyNotRunnable(script, "nobody", group: null), StringComparison.Ordinal);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string? obstacle = _host.WhyNotRunnable(script, "nobody", group: null);
        Assert.Contains($"user 'nobody' may not run '{script}' (owner ", obstacle, StringComparison.Ordinal);
        Assert.EndsWith("mode 0500)", obstacle, StringComparison.Ordinal);
    }

    [Fact]
    public void ScriptBehindAClosedDirectory_AskedFor_IsTold()
    {
        string script = Script("#!/bin/sh\n");
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Contains(
            $"may not pass through '{_folder}'", _host.WhyNotRunnable(script, "nobody", group: null), StringComparison.Ordinal);
        Assert.Null(_host.WhyNotRunnable(script, user: null, group: null));
    }

    [Fact]
    public void UserOrGroupThatIsNotThere_AskedFor_IsTold()
    {
        Assert.Equal("there is no user 'nobdy' here", _host.WhyNotRunnable("true", "nobdy", group: null));
        Assert.Equal("there is no group 'nogrp' here", _host.WhyNotRunnable("true", "nobody", "nogrp"));
    }

    [Fact]
    public void InterpreterThatIsNotThere_AskedFor_IsTold()
    {
        Assert.Contains(
            "the interpreter '/bin/zzsh'", _host.WhyNotRunnable(Script("#! /bin/zzsh -e\n"), "nobody", group: null), StringComparison.Ordinal);
        Assert.Contains(
            "end as in Windows, so no '/bin/sh' is found",
            _host.WhyNotRunnable(Script("#!/bin/sh\r\nexit 0\r\n"), "nobody", group: null),
            StringComparison.Ordinal);
        Assert.Null(_host.WhyNotRunnable(Script("exit 0\n"), "nobody", group: null));
    }

    [Fact]
    public void FileThatOthersMayWrite_AskedFor_IsTold()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can make a file of root");
        string script = Script("#!/bin/sh\n");
        Assert.Null(_host.WhoElseMayChange(script));
        Assert.Null(_host.WhoElseMayChange("true"));
        File.SetUnixFileMode(script, Runnable | UnixFileMode.OtherWrite);
        Assert.EndsWith("mode 0757", _host.WhoElseMayChange(script), StringComparison.Ordinal);
    }

    [Fact]
    public void File_CheckedHere_IsHeldAgainstThisHost()
    {
        string path = Path.Combine(_folder, "keepalived.conf");
        File.WriteAllText(path, """
            vrrp_instance VI_1 {
                interface nosuch0
                virtual_router_id 51
                virtual_ipaddress {
                    192.168.1.200
                }
            }

            """);
        Assert.Equal(0, CheckCommandTests.Run(path, "--strict").Code);
        (int code, string output) = CheckCommandTests.Run(path, "--strict", "--here");
        Assert.Equal(1, code);
        Assert.StartsWith("warning[PM1701]: this host has no interface `nosuch0`\n", output, StringComparison.Ordinal);
    }

    private string Script(string text)
    {
        string path = Path.Combine(_folder, $"{Guid.NewGuid():N}.sh");
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, Runnable);
        return path;
    }
}
