using Pointsman.App.Run;
using Pointsman.Base;

namespace Pointsman.App.Tests.Run;

/// <summary>Checks of a moment are begun together, none before its time and none a moment late.</summary>
public sealed class CheckPaceTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 10_000_000)]
    [InlineData(9_999_999, 10_000_000)]
    [InlineData(10_000_000, 10_000_000)]
    [InlineData(6_003_000_001, 6_010_000_000)]
    public void Wake_IsTheNextBeat(long due, long wake) => Assert.Equal(new Instant(wake), CheckPace.WakeFor(new Instant(due)));

    [Fact]
    public void NothingDue_NoWake() => Assert.Null(CheckPace.WakeFor(null));
}
