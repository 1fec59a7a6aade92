using System.CommandLine;
using Pointsman.App.Help;

namespace Pointsman.App.Tests.Help;

/// <summary><c>pointsman help keyword</c>: what it prints, and what it leaves with.</summary>
public sealed class HelpCommandTests
{
    [Fact]
    public void KeywordThatWorks_IsExplained() => Assert.Equal(
        (0, """
        virtual_router_id a whole number from 1 to 255
          stands in  vrrp_instance
          means      the same on all nodes of this virtual router
          default    must be given
          here       works


        """, ""),
        Run("virtual_router_id"));

    [Fact]
    public void KeywordOfTwoBlocks_IsExplainedForEach()
    {
        (int code, string output, _) = Run("inhibit_on_failure");
        Assert.Equal(0, code);
        Assert.Contains("  stands in  virtual_server\n", output, StringComparison.Ordinal);
        Assert.Contains("  stands in  real_server\n", output, StringComparison.Ordinal);
        Assert.Contains("  here       works\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void KeywordOfAYoungRelease_SaysSo() =>
        Assert.Contains("  since      keepalived after 2.2.7\n", Run("json_version").Output, StringComparison.Ordinal);

    [Fact]
    public void WordThatIsNone_IsOneWithAGuess() => Assert.Equal(
        (1, "", "pointsman: keepalived has no keyword `virtual_routr_id`; did you mean `virtual_router_id`?\n"), Run("virtual_routr_id"));

    private static (int Code, string Output, string Error) Run(params string[] names)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        int code = HelpCommand.Create().Parse(["keyword", .. names]).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
