namespace Pointsman.Lab.Tests;

/// <summary>
/// The operators' drills, step by step as <c>lab demo</c> runs them: failover, health checks, a killed control process,
/// and the frames between two directors that are each other's real servers.
/// </summary>
public sealed class DrillTests
{
    [Theory]
    [InlineData("classic")]
    [InlineData("colocated")]
    public void Drill_EveryStepAsPromised_NothingLeft(string topology)
    {
        using TestLab test = TestLab.PreparePointsman();

        (int exitCode, string output) = test.Type("demo", topology);

        Assert.True(exitCode == 0, output);
        Assert.Contains("steps as promised", output, StringComparison.Ordinal);
        Assert.Equal(0, RunningLab.Down(null, test.Options));
    }
}
