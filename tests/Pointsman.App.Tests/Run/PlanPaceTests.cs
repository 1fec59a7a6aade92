using Pointsman.App.Run;
using Pointsman.Base;

namespace Pointsman.App.Tests.Run;

public sealed class PlanPaceTests
{
    private readonly PlanPace _pace = new();

    [Fact]
    public void NothingWanted_NothingDue()
    {
        Assert.False(_pace.IsDue(At(1), isQuiet: true));
        Assert.Null(_pace.Deadline);
    }

    [Fact]
    public void Wanted_IsDueAtOnceWhenQuiet_AndSoonInAnyCase()
    {
        _pace.Ask(At(1));
        _pace.Ask(At(1.019));
        Assert.True(_pace.IsDue(At(1), isQuiet: true));
        Assert.False(_pace.IsDue(At(1.019), isQuiet: false));
        Assert.True(_pace.IsDue(At(1.02), isQuiet: false));
        Assert.Equal(At(1.02), _pace.Deadline);
    }

    [Theory]
    [InlineData(0.3, 0.3)]
    [InlineData(7, 1)]
    public void PlanThatTookLong_IsFollowedByARest(double took, double rest)
    {
        _pace.Ask(At(1));
        _pace.Done(At(1), At(1 + took));
        _pace.Ask(At(1 + took));
        Assert.False(_pace.IsDue(At(1 + took + rest - 0.01), isQuiet: true));
        Assert.Equal(At(1 + took + rest), _pace.Deadline);
        Assert.True(_pace.IsDue(At(1 + took + rest), isQuiet: true));
    }

    private static Instant At(double seconds) => Instant.FromSeconds(seconds);
}
