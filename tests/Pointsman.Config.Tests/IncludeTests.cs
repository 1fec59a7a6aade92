using Pointsman.Config.Including;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>The include family: what is read, in which order, and what is said of what is not.</summary>
public sealed class IncludeTests
{
    [Theory]
    [InlineData("include conf.d/a.conf", "A")]
    [InlineData("include /etc/k/conf.d/a.conf", "A")]
    [InlineData("include conf.d/*.conf", "A,B,C")]
    [InlineData("include conf.d/[^a].conf", "B,C")]
    [InlineData("include conf.d/[a-b].conf", "A,B")]
    [InlineData("include conf.d/?.conf", "A,B,C")]
    [InlineData("include */b.conf", "B")]
    [InlineData("include conf.d/{c,a}.conf", "C,A")]
    [InlineData("include {conf.d/{b,c},nothing}.conf", "B,C")]
    [InlineData("include \"conf.d/a.conf\"", "A")]
    [InlineData("include conf.d/*", "A,B,C")]
    [InlineData("includea conf.d/*.conf  # all", "A,B,C")]
    [InlineData("@here include conf.d/a.conf", "A")]
    [InlineData("@there include conf.d/a.conf", "")]
    [InlineData("$F=a.conf\ninclude conf.d/$F", "A")]
    [InlineData("include ${_PWD}/conf.d/a.conf", "A")]
    public void Pattern_Included_ReadsTheseFilesInThisOrder(string text, string instances)
    {
        ConfigResult result = Read(text);
        Assert.DoesNotContain(result.Diagnostics, diagnostic => diagnostic.IsError);
        Assert.Equal(instances, string.Join(',', result.Configuration!.Instances.Select(instance => instance.Name)));
    }

    // As keepalived's own test of a configuration takes them: a warning is what it only logs.
    [Theory]
    [InlineData("include conf.d/none.conf", "PM1029")]
    [InlineData("includer conf.d/none.conf", "PM1029")]
    [InlineData("includem conf.d/none.conf", "PM1030")]
    [InlineData("includew conf.d/none.conf", "PM1030")]
    [InlineData("includeb conf.d/none.conf", "PM1030")]
    [InlineData("includea conf.d/none.conf", "PM1030")]
    [InlineData("include conf.d/*.none", "PM1026")]
    [InlineData("includem conf.d/*.none", "PM1026")]
    [InlineData("includew conf.d/*.none", "PM1030")]
    [InlineData("includea conf.d/*.none", "PM1030")]
    [InlineData("includem conf.d/{a,none}.conf", null)]
    [InlineData("includeb conf.d/{a,none}.conf", "PM1030")]
    [InlineData("includea conf.d/{a,none}.conf", "PM1030")]
    [InlineData("include secret.conf", "PM1029")]
    [InlineData("includer secret.conf", "PM1030")]
    [InlineData("include script.sh", "PM1029")]
    [InlineData("includem script.sh", "PM1030")]
    [InlineData("include conf.d", "PM1029")]
    [InlineData("include", "PM1008")]
    [InlineData("include conf.d/a.conf conf.d/b.conf", "PM1009")]
    [InlineData("include keepalived.conf", "PM1031")]
    [InlineData("include ../k/./keepalived.conf", "PM1031")]
    [InlineData("global_defs { include conf.d/a.conf\n}", "PM1033")]
    public void Inclusion_OfWhatIsNotThere_IsAsStrictAsItsKeyword(string text, string? code)
    {
        ConfigResult result = Read(text);
        Assert.Equal(code, result.Diagnostics.Select(diagnostic => diagnostic.Descriptor.Code).OrderDescending().FirstOrDefault());
    }

    // The first words stand in global_defs, above the inclusion.
    [Theory]
    [InlineData("include_check", "include conf.d/*.none", "PM1030")]
    [InlineData("include_check all", "include conf.d/*.none", "PM1030")]
    [InlineData("include_check none", "include conf.d/none.conf", "PM1029,PM1026")]
    [InlineData("include_check match", "include conf.d/none.conf", "PM1030")]
    [InlineData("include_check match", "include conf.d/*.none", "PM1026")]
    [InlineData("include_check match", "include secret.conf", "PM1030")]
    [InlineData("include_check readable", "include conf.d/none.conf", "PM1029,PM1026")]
    [InlineData("include_check \"\"", "include conf.d/none.conf", "PM1030")]
    [InlineData("include_check wildcard_match", "include conf.d/*.none", "PM1030")]
    [InlineData("include_check brace_match", "include conf.d/{a,none}.conf", "PM1030")]
    [InlineData("include_check\ninclude_check -wildcard_match", "include conf.d/*.none", "PM1026")]
    [InlineData("include_check match\ninclude_check + wildcard -match", "include conf.d/*.none", "PM1030")]
    [InlineData("include_check matching", "include conf.d/none.conf", "PM1029,PM1011")]
    public void IncludeCheck_Given_MakesInclusionsStrict(string check, string inclusion, string codes)
    {
        ConfigResult result = Read($"global_defs {{\n{check}\n}}\n{inclusion}");
        Assert.Equal(codes, string.Join(',', result.Diagnostics.Select(diagnostic => diagnostic.Descriptor.Code).OrderDescending()));
    }

    [Fact]
    public void IncludeCheck_InAnIncludedFile_HoldsThereOnly()
    {
        var files = new MemoryFiles
        {
            ["a"] = "include b\ninclude none\n",
            ["b"] = "global_defs {\ninclude_check\n}\ninclude none\n",
        };
        Assert.Equal(
            [("a", "PM1029"), ("b", "PM1030")],
            ConfigReader.Read(files, "a").Diagnostics.Select(diagnostic => (diagnostic.Span.File, diagnostic.Descriptor.Code)));
    }

    [Fact]
    public void Mistake_InAnIncludedFile_IsToldThereWithTheWayToIt()
    {
        var files = new MemoryFiles { ["/a.conf"] = "\ninclude b/*\n", ["/b/1.conf"] = "include 2.inc\n", ["/b/2.inc"] = "nonsense 1\n" };
        Diagnostic only = Assert.Single(ConfigReader.Read(files, "/a.conf").Diagnostics);
        Assert.Equal("/b/2.inc:1:1", only.Span.ToString());
        Assert.EndsWith("; included from /b/1.conf:1:1; included from /a.conf:2:1", DiagnosticRenderer.OneLine(only), StringComparison.Ordinal);
    }

    [Fact]
    public void Chain_OfAMistake_NamesEveryFileOnTheWay()
    {
        var files = new MemoryFiles { ["/a.conf"] = "\ninclude b/1.conf\n", ["/b/1.conf"] = "include 2.inc\n", ["/b/2.inc"] = "nonsense 1\n" };
        ConfigResult result = ConfigReader.Read(files, "/a.conf");
        Diagnostic only = Assert.Single(result.Diagnostics);
        Assert.Equal(["included from /b/1.conf:1:1", "included from /a.conf:2:1"], only.Span.Origin!.Chain.Select(step => step.ToString()));
        Assert.Contains("\n  = included from /b/1.conf:1:1\n  = included from /a.conf:2:1\n", DiagnosticRenderer.Human(result), StringComparison.Ordinal);
        Assert.Equal(["/b/1.conf", "/a.conf"], DiagnosticRenderer.Data(only).Origins!.Select(step => step.File));
    }

    [Fact]
    public void Block_BegunInOneFile_MayEndInAnother()
    {
        var files = new MemoryFiles
        {
            ["a"] = "vrrp_instance A {\ninclude b\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n",
            ["b"] = "interface eth0\nvirtual_router_id 7",
        };
        ConfigResult result = ConfigReader.Read(files, "a");
        Assert.Equal("", DiagnosticRenderer.Human(result));
        Assert.Equal(7, result.Configuration!.Instances[0].VirtualRouterId);
    }

    [Fact]
    public void Files_DeeperThanTheLimit_AreRefused()
    {
        var files = new MemoryFiles();
        for (int depth = 0; depth < 40; depth++)
        {
            files[$"{depth}"] = $"include {depth + 1}\n";
        }

        Diagnostic only = Assert.Single(ConfigReader.Read(files, "0").Diagnostics, diagnostic => diagnostic.IsError);
        Assert.Equal(("PM1032", "31:1:9"), (only.Descriptor.Code, only.Span.ToString()));
    }

    [Theory]
    [InlineData("*", "a", true)]
    [InlineData("*", ".a", false)]
    [InlineData(".*", ".a", true)]
    [InlineData("a*b*c", "aXbYbc", true)]
    [InlineData("a*b*c", "aXbYb", false)]
    [InlineData("[]a]x", "]x", true)]
    [InlineData("[^0-9]", "5", false)]
    [InlineData("[", "[", true)]
    [InlineData("a?", "a", false)]
    public void Name_MatchedByWildcards_IsAsGlobSays(string pattern, string name, bool isMatch) =>
        Assert.Equal(isMatch, Wildcards.Matches(pattern, name));

    [Theory]
    [InlineData("{foo/{,cat,dog},bar}", "foo/ foo/cat foo/dog bar")]
    [InlineData("a{b", "a{b")]
    [InlineData("a}b{c,d}", "a}bc a}bd")]
    public void Braces_Written_StandForThesePaths(string pattern, string paths) =>
        Assert.Equal(paths.Split(' '), BraceAlternatives.Of(pattern));

    private static ConfigResult Read(string text)
    {
        var files = new MemoryFiles { ["/etc/k/keepalived.conf"] = $"{text}\n", ["/etc/k/secret.conf"] = "", ["/etc/k/script.sh"] = "" };
        files.Unreadable.Add("/etc/k/secret.conf");
        files.Executables.Add("/etc/k/script.sh");
        foreach ((string name, int id) in new[] { ("a", 1), ("b", 2), ("c", 3) })
        {
            files[$"/etc/k/conf.d/{name}.conf"] =
                $"vrrp_instance {name.ToUpperInvariant()} {{\ninterface eth0\nvirtual_router_id {id}\nvirtual_ipaddress {{\n10.0.0.{id}\n}}\n}}\n";
        }

        return ConfigReader.Read(files, "/etc/k/keepalived.conf", new ConfigReaderOptions { ConfigId = "here" });
    }
}
