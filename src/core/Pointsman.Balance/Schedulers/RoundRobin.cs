namespace Pointsman.Balance.Schedulers;

/// <summary>rr: the next usable server after the last chosen one, round and round.</summary>
internal sealed class RoundRobin(Func<int, ServerLoad> loadOf) : Scheduler(loadOf)
{
    private int _lastIndex = Head;

    public override int? Pick(in ConnectionRequest request)
    {
        for (int step = 1; step <= Servers.Count; step++)
        {
            int index = (_lastIndex + step) % Servers.Count;
            if (IsUsable(Servers[index]))
            {
                _lastIndex = index;
                return Servers[index].Id;
            }
        }

        return null;
    }

    private protected override void OnAdded()
    {
        if (_lastIndex != Head)
        {
            _lastIndex++;
        }
    }

    // A removed mark passes to the server before it, which may be the head.
    private protected override void OnRemoved(int index)
    {
        if (_lastIndex >= index)
        {
            _lastIndex--;
        }
    }
}
