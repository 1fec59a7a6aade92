namespace Pointsman.App.Tests;

public sealed class PointsmanCommandTests
{
    [Theory]
    [InlineData("stauts")]
    [InlineData("run", "--no-such-option")]
    [InlineData("realserver", "sideways")]
    public void WrongUsage_IsTwo(params string[] arguments) => Assert.Equal(2, PointsmanCommand.Run(arguments));

    [Fact]
    public void Help_IsZero() => Assert.Equal(0, PointsmanCommand.Run(["--help"]));

    [Theory]
    [InlineData("keepalived", 0)]
    [InlineData("ipvsadm", 0)]
    [InlineData("frobnicate", 1)]
    public void AnswersTo_SaysWhichNamesTheBuildMayLink(string name, int expected) =>
        Assert.Equal(expected, PointsmanCommand.Run(["--answers-to", name]));
}
