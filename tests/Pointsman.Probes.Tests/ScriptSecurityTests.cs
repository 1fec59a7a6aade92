using Pointsman.Linux.Processes;

namespace Pointsman.Probes.Tests;

public sealed class ScriptSecurityTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pointsman-security-").FullName;
    private readonly List<string> _log = [];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RootsScriptOthersCanChange_RefusedOnlyWhenAskedFor(bool isEnforced)
    {
        Assert.SkipUnless(PeerCredentials.OwnUserId == 0, "needs root: only root's scripts are looked at");
        string script = Path.Combine(_directory, "open.sh");
        File.WriteAllText(script, "#!/bin/sh\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_111_111);
        var security = new ScriptSecurity(_log.Add) { IsEnforced = isEnforced };

        Assert.Equal(!isEnforced, security.MayRun("chk", new ScriptCommand([script])));
        Assert.Equal(!isEnforced, security.MayRun("chk", new ScriptCommand([script])));

        string told = Assert.Single(_log);
        Assert.Contains(isEnforced ? "Unsafe permissions found for script" : "SECURITY VIOLATION", told, StringComparison.Ordinal);
        Assert.Contains($"'{script}' is owner 0, group 0, mode 0777", told, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherUsersScript_IsNotLookedAt()
    {
        Assert.SkipUnless(PeerCredentials.OwnUserId == 0, "needs root: only root's scripts are looked at");
        string script = Path.Combine(_directory, "open.sh");
        File.WriteAllText(script, "#!/bin/sh\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_111_111);

        Assert.True(new ScriptSecurity(_log.Add) { IsEnforced = true }.MayRun("chk", new ScriptCommand([script], "nobody")));
        Assert.Empty(_log);
    }

    [Fact]
    public void RootsOwnProgram_MayRun()
    {
        Assert.True(new ScriptSecurity(_log.Add) { IsEnforced = true }.MayRun("chk", new ScriptCommand(["/bin/true"])));
        Assert.Empty(_log);
    }
}
