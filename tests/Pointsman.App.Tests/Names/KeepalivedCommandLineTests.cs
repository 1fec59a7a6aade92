using Pointsman.App.Names;
using Pointsman.App.Run;

namespace Pointsman.App.Tests.Names;

/// <summary>What init scripts and unit files hand to keepalived.</summary>
public sealed class KeepalivedCommandLineTests
{
    [Fact]
    public void NoArguments_AreKeepalivedsDefaults()
    {
        RunOptions options = Parse();
        Assert.Equal("/etc/keepalived/keepalived.conf", options.ConfigFile);
        Assert.True(options is { Vrrp: true, Checkers: true, Foreground: false, LogToConsole: false, TestOnly: false });
        Assert.Equal("keepalived", options.ProgramName);
    }

    [Fact]
    public void BundledShortOptions_AreReadOneByOne()
    {
        RunOptions options = Parse("-nlDf", "site.conf");
        Assert.True(options is { Foreground: true, LogToConsole: true, LogDetail: true });
        Assert.Equal("site.conf", options.ConfigFile);
    }

    [Theory]
    [InlineData("-fsite.conf")]
    [InlineData("--use-file=site.conf")]
    public void JoinedValue_IsTheFile(string argument) => Assert.Equal("site.conf", Parse(argument).ConfigFile);

    [Fact]
    public void LongOptionWithTheValueBehindIt_IsRead()
    {
        RunOptions options = Parse("--use-file", "site.conf", "--dont-fork", "--pid", "/run/k.pid");
        Assert.Equal("site.conf", options.ConfigFile);
        Assert.Equal("/run/k.pid", options.PidFile);
        Assert.True(options.Foreground);
    }

    [Theory]
    [InlineData("-inode7")]
    [InlineData("--config-id=node7")]
    public void ConfigId_IsRead(string argument)
    {
        Assert.Equal("node7", Parse(argument).ConfigId);
        Assert.Null(Parse().ConfigId);
    }

    [Fact]
    public void OnlyVrrp_LeavesTheCheckersOut() => Assert.True(Parse("-P") is { Vrrp: true, Checkers: false });

    [Fact]
    public void OnlyCheckers_LeavesVrrpOut() => Assert.True(Parse("-C") is { Vrrp: false, Checkers: true });

    [Fact]
    public void BothRoles_AreBoth() => Assert.True(Parse("-P", "-C") is { Vrrp: true, Checkers: true });

    [Fact]
    public void ConfigTest_TakesItsFileOnlyWhenJoined()
    {
        Assert.True(Parse("-t") is { TestOnly: true, TestReportFile: null });
        Assert.Equal("report.txt", Parse("-treport.txt").TestReportFile);
        Assert.Equal("report.txt", Parse("--config-test=report.txt").TestReportFile);
        Assert.False(KeepalivedCommandLine.TryParse(["-t", "report.txt"], out _, out _));
    }

    [Theory]
    [InlineData("-z", "'-z'")]
    [InlineData("--no-such", "'--no-such'")]
    [InlineData("-f", "requires an argument")]
    [InlineData("--use-file", "requires an argument")]
    [InlineData("--dont-fork=yes", "takes no argument")]
    [InlineData("stray", "stray")]
    public void WrongUsage_NamesTheWord(string argument, string expected)
    {
        Assert.False(KeepalivedCommandLine.TryParse([argument], out _, out string? error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void OptionsOfTheBackgroundProcess_AreTheOnesGiven()
    {
        RunOptions given = Parse("-l", "-D", "-C", "-inode7", "-f/etc/a.conf", "-p/run/a.pid");
        RunOptions read = Parse([.. BackgroundCommand.Write(given)]);
        Assert.Equal(given with { Foreground = true }, read);
    }

    private static RunOptions Parse(params string[] arguments)
    {
        Assert.True(KeepalivedCommandLine.TryParse(arguments, out RunOptions options, out string? error), error);
        return options;
    }
}
