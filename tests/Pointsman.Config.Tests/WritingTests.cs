using System.Text.RegularExpressions;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>However an operator types a file, it means the same.</summary>
public sealed partial class WritingTests
{
    public static TheoryData<string> Sites => [.. Repository.Sites()];

    [Theory]
    [MemberData(nameof(Sites))]
    public void LineEndsOfWindows_Read_MeanTheSame(string site) => MeansTheSame(site, text => text.Replace("\n", "\r\n", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Sites))]
    public void Tabs_Read_MeanTheSame(string site) => MeansTheSame(site, text => Blanks().Replace(text, "\t\t"));

    [Theory]
    [MemberData(nameof(Sites))]
    public void NoIndentation_Read_MeansTheSame(string site) => MeansTheSame(site, text => Indentation().Replace(text, ""));

    [Theory]
    [MemberData(nameof(Sites))]
    public void NoBlankBeforeBrace_Read_MeansTheSame(string site) =>
        MeansTheSame(site, text => text.Replace(" {", "{", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Sites))]
    public void BraceOnNextLine_Read_MeansTheSame(string site) =>
        MeansTheSame(site, text => text.Replace("{", "\n{\n", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Sites))]
    public void CommentAfterEveryLine_Read_MeansTheSame(string site) =>
        MeansTheSame(site, text => LineEnd().Replace(text, "  # } says { nothing \" here"));

    [Theory]
    [MemberData(nameof(Sites))]
    public void ExclamationGluedToEveryLine_Read_MeansTheSame(string site) =>
        MeansTheSame(site, text => LineEnd().Replace(text, "! why"));

    [Theory]
    [MemberData(nameof(Sites))]
    public void NoLineEndAtTheEnd_Read_MeansTheSame(string site) => MeansTheSame(site, text => text.TrimEnd());

    [Theory]
    [MemberData(nameof(Sites))]
    public void EveryValueQuoted_Read_MeansTheSame(string site) =>
        MeansTheSame(site, text => Value().Replace(text, "$1\"$2\"$3"));

    [Theory]
    [InlineData("auth_pass ab#cd", "ab", "PM1019")]
    [InlineData("auth_pass \"ab#cd\"", "ab#cd", null)]
    [InlineData("auth_pass ab\\#cd", "ab#cd", null)]
    [InlineData("auth_pass ab\\!cd", "ab!cd", null)]
    [InlineData("auth_pass 'ab'", "'ab'", null)]
    [InlineData("auth_pass ab# comment", "ab", null)]
    [InlineData("auth_pass \"a b\"", "a b", null)]
    [InlineData("auth_pass \"a\"b", "ab", null)]
    [InlineData("auth_pass 123456789", "12345678", "PM1203")]
    [InlineData("auth_pass \u00e4\u00e4\u00e4\u00e4", "\u00e4\u00e4\u00e4\u00e4", null)]
    [InlineData("auth_pass x\u00e4\u00e4\u00e4\u00e4", "x\u00e4\u00e4\u00e4", "PM1203")]
    public void Password_Typed_CountsAsKeepalivedCountsIt(string line, string password, string? complaint)
    {
        string text = $"vrrp_instance A {{\ninterface eth0\nvirtual_router_id 1\nauthentication {{\nauth_type PASS\n{line}\n}}\n"
            + "virtual_ipaddress {\n10.0.0.1\n}\n}\n";
        ConfigResult result = ConfigReader.Read("f", text);
        Assert.Equal(complaint is null ? [] : [complaint], result.Diagnostics.Select(d => d.Descriptor.Code));
        Assert.Equal(password, result.Configuration!.Instances[0].AuthPass);
    }

    [Theory]
    [InlineData("script /usr/bin/pgrep nginx", "/usr/bin/pgrep|nginx")]
    [InlineData("script \"/usr/bin/pgrep -x nginx\"", "/usr/bin/pgrep|-x|nginx")]
    [InlineData("script \"/bin/sh -c 'exit 1'\"", "/bin/sh|-c|exit 1")]
    [InlineData("script '/opt/my check' \"a b\" c\\ d", "/opt/my check|a b|c d")]
    public void Script_Typed_IsCutWithoutAShell(string line, string parts)
    {
        string text = $"vrrp_script s {{\n{line}\nuser nobody\n}}\n"
            + "vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1\n}\ntrack_script {\ns\n}\n}\n";
        ConfigResult result = ConfigReader.Read("f", text);
        Assert.Equal("", DiagnosticRenderer.Human(result));
        Assert.Equal(parts, string.Join('|', result.Configuration!.Scripts[0].Command));
    }

    private static void MeansTheSame(string site, Func<string, string> retype)
    {
        string text = Repository.Site(site);
        ConfigResult result = ConfigReader.Read(site, retype(text));
        Assert.True(result.Configuration is not null, DiagnosticRenderer.Human(result));
        Assert.Equal(ModelText.Of(ConfigReader.Read(site, text).Configuration!), ModelText.Of(result.Configuration));
    }

    [GeneratedRegex("[ ]+")]
    private static partial Regex Blanks();

    [GeneratedRegex("^ +", RegexOptions.Multiline)]
    private static partial Regex Indentation();

    [GeneratedRegex("$", RegexOptions.Multiline)]
    private static partial Regex LineEnd();

    // The last plain word of a line with two or more, before the brace or comment.
    [GeneratedRegex("""^([ ]*[a-zA-Z_]\w*[ ]+)([^\s"{}#!]+)([ ]*(\{|#.*)?)$""", RegexOptions.Multiline)]
    private static partial Regex Value();
}
