using Pointsman.Base;

namespace Pointsman.Health;

/// <summary>
/// Says whether a tracked process runs as often as it should: between its quorum and its maximum, and for as long as its
/// delays ask for. The first count counts at once.
/// </summary>
/// <param name="quorumMax">Null: any number may run.</param>
/// <param name="terminateDelay">How long a wrong number must last.</param>
/// <param name="forkDelay">How long a right number must last.</param>
public sealed class TrackProcessMachine(int quorum, int? quorumMax, TimeSpan terminateDelay, TimeSpan forkDelay)
{
    private Instant? _changesAt;
    private bool _hasCounted;

    public bool IsUp { get; private set; } = true;

    /// <summary>The last number that was counted.</summary>
    public int Count { get; private set; }

    /// <returns>True when <see cref="IsUp"/> has changed, or is known for the first time.</returns>
    public bool OnCount(Instant now, int count)
    {
        Count = count;
        bool isRight = count >= quorum && count <= (quorumMax ?? int.MaxValue);
        if (!_hasCounted)
        {
            _hasCounted = true;
            IsUp = isRight;
            return true;
        }

        if (isRight == IsUp)
        {
            _changesAt = null;
            return false;
        }

        _changesAt ??= now + (isRight ? forkDelay : terminateDelay);
        if (now < _changesAt)
        {
            return false;
        }

        _changesAt = null;
        IsUp = isRight;
        return true;
    }
}
