using System.Globalization;

namespace Pointsman.Health;

/// <summary>
/// Whether a virtual server has enough living weight, with keepalived's arithmetic: the hysteresis is added on the way up
/// and taken off on the way down, and nothing alive is never enough.
/// </summary>
public sealed class QuorumMachine
{
    private readonly long _quorum;
    private readonly long _hysteresis;

    /// <param name="isUp">Where it starts; the first <see cref="Reconsider"/> may turn it.</param>
    public QuorumMachine(long quorum, long hysteresis, bool isUp)
    {
        _quorum = quorum;
        _hysteresis = hysteresis;
        IsUp = isUp;
    }

    public bool IsUp { get; private set; }

    private long Threshold => IsUp ? _quorum - _hysteresis : _quorum + _hysteresis;

    /// <param name="weight">The sum over living servers.</param>
    /// <returns>The line that tells of a change, without the name of the service; null when there is none.</returns>
    public string? Reconsider(long weight)
    {
        long threshold = Threshold;
        if (!IsUp && weight >= threshold)
        {
            IsUp = true;
            return string.Create(CultureInfo.InvariantCulture, $"Gained quorum {_quorum}+{_hysteresis}={threshold} <= {weight}");
        }

        if (IsUp && (weight == 0 || weight < threshold))
        {
            IsUp = false;
            return string.Create(CultureInfo.InvariantCulture, $"Lost quorum {_quorum}-{_hysteresis}={threshold} > {weight}");
        }

        return null;
    }
}
