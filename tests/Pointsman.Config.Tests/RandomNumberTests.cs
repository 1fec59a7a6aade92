using Pointsman.Config.Syntax;
using Xunit;

namespace Pointsman.Config.Tests;

/// <summary>The numbers behind <c>$_RANDOM</c>.</summary>
public sealed class RandomNumberTests
{
    [Fact]
    public void SameNode_ReadsTheSameAgain_AnotherNodeDoesNot()
    {
        Assert.Equal(Draws("lb1"), Draws("lb1"));
        Assert.NotEqual(Draws("lb1"), Draws("lb2"));
    }

    [Theory]
    [InlineData("", 0, 32767)]
    [InlineData("32000", 32000, 32767)]
    [InlineData(" 1  3 ", 1, 3)]
    [InlineData("7 7", 7, 7)]
    public void Arguments_BoundTheNumber(string arguments, int least, int largest)
    {
        var random = new RandomNumbers("lb1");
        for (int i = 0; i < 200; i++)
        {
            Assert.InRange(int.Parse(random.Draw(arguments)!, System.Globalization.CultureInfo.InvariantCulture), least, largest);
        }
    }

    [Theory]
    [InlineData("9 1")]
    [InlineData("-1")]
    [InlineData("1 32768")]
    [InlineData("a")]
    [InlineData("1 2 3")]
    public void ArgumentsThatAreNone_AreRefused(string arguments) => Assert.Null(new RandomNumbers("lb1").Draw(arguments));

    [Fact]
    public void InAFile_ItIsTheRouterId()
    {
        ConfigResult result = ConfigReader.Read("a.conf", "global_defs {\n router_id \"node-${_RANDOM 4 4}\"\n}\n");
        Assert.Equal("node-4", result.Configuration!.Global.RouterId);
    }

    private static string[] Draws(string node)
    {
        var random = new RandomNumbers(node);
        return [.. Enumerable.Range(0, 5).Select(_ => random.Draw("")!)];
    }
}
