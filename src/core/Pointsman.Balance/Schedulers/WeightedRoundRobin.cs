namespace Pointsman.Balance.Schedulers;

/// <summary>
/// wrr: the list is walked in rounds; a round at level L takes every server of weight L or more, and each round's level
/// is lower than the last one's by the weights' greatest common divisor.
/// </summary>
internal sealed class WeightedRoundRobin(Func<int, ServerLoad> loadOf) : Scheduler(loadOf)
{
    private int _lastIndex = Head;
    private WrrLevels _levels;
    private int _level;

    public override int? Pick(in ConnectionRequest request)
    {
        if (!Servers.Any(IsUsable))
        {
            return null;
        }

        while (true)
        {
            for (int index = _lastIndex + 1; index < Servers.Count; index++)
            {
                if (Servers[index].Weight >= _level && IsUsable(Servers[index]))
                {
                    _lastIndex = index;
                    return Servers[index].Id;
                }
            }

            _lastIndex = Head;
            _level = _levels.Below(_level);
        }
    }

    // The walk begins again at the head, at the level it had come to.
    private protected override void OnWeights()
    {
        _lastIndex = Head;
        _levels = WrrLevels.Of(Servers.Select(server => server.Weight));
        _level = _levels.Resume(_level);
    }
}
