using Pointsman.Base;

namespace Pointsman.Balance.Schedulers;

/// <summary>
/// What lblc and lblcr remember of each address that clients ask for, until nobody has for a day (IPVS's <c>lblc_expiration</c>,
/// <c>lblcr_expiration</c>). IPVS looks for such addresses each half an hour; here one is forgotten to the tick.
/// </summary>
internal sealed class DestinationMemory<T>
{
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private readonly Dictionary<IpAddress, (T Remembered, Instant Used)> _destinations = [];

    /// <summary>It has been asked for now.</summary>
    internal bool TryRecall(in ConnectionRequest request, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T remembered)
    {
        bool isKnown = _destinations.TryGetValue(request.Virtual, out (T Remembered, Instant Used) known) && request.Now - known.Used < Kept;
        remembered = known.Remembered;
        if (isKnown)
        {
            Remember(request, known.Remembered);
        }
        else
        {
            _destinations.Remove(request.Virtual);
        }

        return isKnown;
    }

    internal void Remember(in ConnectionRequest request, T remembered) => _destinations[request.Virtual] = (remembered, request.Now);
}
