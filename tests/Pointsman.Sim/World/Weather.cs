using Pointsman.Base;

namespace Pointsman.Sim.World;

/// <summary>
/// How much chance is in the world. In everyday weather each frame and each wake-up takes its own time; in calm weather all
/// take the shortest, and nothing is left to chance.
/// </summary>
internal sealed class Weather(Prng random)
{
    public bool IsCalm { get; set; }

    public TimeSpan Jitter(TimeSpan bound) => IsCalm ? TimeSpan.Zero : random.NextSpan(bound);

    public bool Happens(int percent) => percent > 0 && random.NextInt(100) < percent;
}
