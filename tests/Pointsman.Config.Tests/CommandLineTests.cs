using Pointsman.Config.Binding;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>A script's line, cut as keepalived.conf(5) says under "Quoted strings".</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("/a b  c", "/a|b|c")]
    [InlineData("abcd\" efg h jkl \"mnop", "abcd efg h jkl mnop")]
    [InlineData("abcd \"efg h jkl\" mnop", "abcd|efg h jkl|mnop")]
    [InlineData("a 'b \"c\" d' e", "a|b \"c\" d|e")]
    [InlineData("a \"\" b", "a||b")]
    [InlineData(@"a\ b c\'d", "a b|c'd")]
    [InlineData(@"'a\'b'", "a'b")]
    [InlineData(@"""a\""b""", "a\"b")]
    [InlineData(@"\\ \q", @"\|q")]
    [InlineData(@"\a\b\E\f\n\r\t\v", "\a\b\e\f\n\r\t\v")]
    [InlineData(@"\101\7x\0601", "A\ax01")]
    [InlineData(@"\x41Z \x4g \xg", "AZ|\u0004g|xg")]
    [InlineData(@"\cA\ci", "\u0001\t")]
    public void Line_Cut_GivesTheseParts(string line, string parts)
    {
        Assert.Equal(parts, string.Join('|', CommandLine.Split(line, out string? mistake)));
        Assert.Null(mistake);
    }

    [Theory]
    [InlineData("a 'b", "single quote")]
    [InlineData("a \"b", "double quote")]
    [InlineData(@"a b\", "nothing follows")]
    public void Line_Unfinished_SaysWhatIsMissing(string line, string mistake)
    {
        CommandLine.Split(line, out string? actual);
        Assert.Contains(mistake, actual, StringComparison.Ordinal);
    }

    // keepalived gives `</path` to a shell; of `< /path` it says "Cannot find script < in path", and drops the script.
    [Theory]
    [InlineData("</run/ready", "</run/ready", "")]
    [InlineData("\"</run/ready\"", "</run/ready", "")]
    [InlineData("< /run/ready", "", "there is no program `<`")]
    [InlineData("\"< /run/ready\"", "", "there is no program `<`")]
    [InlineData("</run/ready now", "", "there is no program `<`")]
    public void FileToOpen_IsOneWord(string script, string command, string refusal)
    {
        ConfigResult result = ConfigReader.Read("k.conf", $"vrrp_script chk {{\n  script {script}\n}}\n");

        Assert.Equal(command, string.Join('|', result.Configuration?.Scripts.SelectMany(known => known.Command) ?? []));
        Assert.Contains(refusal, string.Join('\n', result.Diagnostics.Select(diagnostic => diagnostic.Label)), StringComparison.Ordinal);
    }

    [Fact]
    public void Script_Unfinished_IsRefusedByPlace()
    {
        Diagnostic only = Assert.Single(ConfigReader.Read("f", "vrrp_script s {\nscript /bin/sh 'x\nuser nobody\n}\n").Diagnostics, d => d.IsError);
        Assert.Equal(("PM1011", 2, 8), (only.Descriptor.Code, only.Span.Line, only.Span.Column));
    }
}
