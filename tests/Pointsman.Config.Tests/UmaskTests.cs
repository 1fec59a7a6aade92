using Xunit;

namespace Pointsman.Config.Tests;

public sealed class UmaskTests
{
    // As `keepalived -t` takes them.
    [Theory]
    [InlineData("027", "027")]
    [InlineData("27", "033")]
    [InlineData("0x17", "027")]
    [InlineData("0", "00")]
    [InlineData("0777", "0777")]
    [InlineData("IWGRP|IWOTH", "022")]
    [InlineData("IWGRP | IWOTH", "022")]
    [InlineData("IRUSR|IWUSR |IXUSR| IXGRP", "0710")]
    public void Read_IsAsTyped(string typed, string octal) => Assert.Equal(octal, Read(typed).Configuration!.Global.Umask.ToString());

    // And refuses them.
    [Theory]
    [InlineData("IRWXG", 11)]
    [InlineData("IRUSR|bad", 11)]
    [InlineData("01777", 11)]
    [InlineData("08", 11)]
    [InlineData("iwgrp", 11)]
    [InlineData("IWGRP IWOTH", 17)]
    [InlineData("IWGRP |", 17)]
    [InlineData("|IWGRP", 11)]
    [InlineData("022 5", 11)]
    public void Wrong_IsToldWithItsPlace(string typed, int column)
    {
        Diagnostic wrong = Assert.Single(Read(typed).Diagnostics, found => found.Descriptor.Code == "PM1011");
        Assert.Equal((2, column), (wrong.Span.Line, wrong.Span.Column));
    }

    private static ConfigResult Read(string typed) => ConfigReader.Read("f", $"global_defs {{\n    umask {typed}\n}}\n");
}
