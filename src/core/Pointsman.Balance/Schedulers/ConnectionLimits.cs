namespace Pointsman.Balance.Schedulers;

/// <summary>A server's thresholds, counted in connections; 0: none.</summary>
public readonly record struct ConnectionLimits(int Upper, int Lower)
{
    /// <summary>Below this many connections an overloaded server recovers.</summary>
    public long RecoversBelow => Lower != 0 ? Lower : ((long)Upper * 3 + 3) / 4;

    internal ServerLoad AfterBegin(ServerLoad load) =>
        Upper != 0 && load.Total >= Upper ? load with { IsOverloaded = true } : load;

    internal ServerLoad AfterEnd(ServerLoad load) =>
        load.Total < RecoversBelow || Upper == 0 ? load with { IsOverloaded = false } : load;
}
