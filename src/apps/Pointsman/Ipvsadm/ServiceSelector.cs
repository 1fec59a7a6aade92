using Pointsman.Balance;

namespace Pointsman.App.Ipvsadm;

/// <summary>Names one service on the command line.</summary>
internal abstract record ServiceSelector
{
    private ServiceSelector()
    {
    }

    internal sealed record ByAddress(ServiceKey Key) : ServiceSelector;

    internal sealed record ByMark(uint Mark) : ServiceSelector;
}
