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
        RunOptions given = Parse(
            "-l", "-D", "-C", "-inode7", "-f/etc/a.conf", "-p/run/a.pid", "-r/run/b.pid", "-c/run/c.pid", "-b/run/d.pid", "-B", "--all",
            "-S5", "-G", "-u027", "-V", "-I", "-R", "-d", "-a", "-sblue", "-m", "-e");
        RunOptions read = Parse([.. BackgroundCommand.Write(given)]);
        Assert.Equal(given with { Foreground = true }, read);
    }

    [Theory]
    [InlineData("0", 16)]
    [InlineData("local7", 23)]
    [InlineData("user", 1)]
    [InlineData("daemon", 3)]
    public void LogFacility_IsSyslogs(string word, int facility) => Assert.Equal(facility, Parse("-S", word).SyslogFacility);

    [Theory]
    [InlineData("022", 18)]
    [InlineData("0x12", 18)]
    [InlineData("18", 18)]
    public void Umask_IsReadAsTheTypedBase(string text, uint mask) => Assert.Equal(mask, Parse("-u", text).Umask?.Bits);

    [Theory]
    [InlineData("-S8", "'8' is no value")]
    [InlineData("-Slocal9", "'local9' is no value")]
    [InlineData("-u08", "'08' is no value")]
    [InlineData("-u01000", "is no value")]
    [InlineData("--namespace=../x", "is no value")]
    [InlineData("-x", "no SNMP agent")]
    [InlineData("--snmp-agent-socket=/x", "no SNMP agent")]
    [InlineData("-Mcore", "kernel.core_pattern")]
    [InlineData("-g", "redirect")]
    public void WhatCannotBe_SaysWhy(string argument, string expected)
    {
        Assert.False(KeepalivedCommandLine.TryParse([argument], out _, out string? error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Usage_HasEveryOptionOfKeepaliveds()
    {
        foreach (char option in "fPCBlDSGuXVIRndprcabsmeTitvh")
        {
            Assert.Contains($"  -{option}, --", KeepalivedCommandLine.Usage, StringComparison.Ordinal);
        }
    }

    private static RunOptions Parse(params string[] arguments)
    {
        Assert.True(KeepalivedCommandLine.TryParse(arguments, out RunOptions options, out string? error), error);
        return options;
    }
}
