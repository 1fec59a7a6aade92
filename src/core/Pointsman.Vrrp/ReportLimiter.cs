using Pointsman.Base;

namespace Pointsman.Vrrp;

/// <summary>Lets a recurring event be told once per episode: at first, and again when it still recurs after a minute.</summary>
internal sealed class ReportLimiter
{
    private static readonly TimeSpan Episode = TimeSpan.FromSeconds(60);

    private readonly Instant?[] _discardToldAt = new Instant?[Enum.GetValues<VrrpDiscardReason>().Length];
    private readonly Instant?[] _eventToldAt = new Instant?[Enum.GetValues<VrrpEventKind>().Length];
    private readonly Instant?[] _failureToldAt = new Instant?[Enum.GetValues<VrrpActionKind>().Length];

    public bool MayTell(Instant now, VrrpDiscardReason reason) => MayTell(now, ref _discardToldAt[(int)reason]);

    public bool MayTell(Instant now, VrrpEventKind kind) => MayTell(now, ref _eventToldAt[(int)kind]);

    public bool MayTell(Instant now, VrrpActionKind failed) => MayTell(now, ref _failureToldAt[(int)failed]);

    private static bool MayTell(Instant now, ref Instant? toldAt)
    {
        if (toldAt is { } last && now - last < Episode)
        {
            return false;
        }

        toldAt = now;
        return true;
    }
}
