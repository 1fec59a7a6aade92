using Pointsman.Balance;
using Pointsman.Base;

namespace Pointsman.App.Ipvsadm;

/// <summary>Names one service on the command line.</summary>
internal abstract record ServiceSelector
{
    private ServiceSelector()
    {
    }

    /// <summary>What the tables call it.</summary>
    internal abstract ServiceKey Name { get; }

    internal sealed record ByAddress(ServiceKey Key) : ServiceSelector
    {
        internal override ServiceKey Name => Key;
    }

    internal sealed record ByMark(uint Mark) : ServiceSelector
    {
        /// <summary><c>-6</c>.</summary>
        internal bool IsV6 { get; init; }

        internal override ServiceKey Name => ServiceKey.Of(
            TransportProtocol.Tcp, TransportEndpoint.OfMark(Mark, IsV6 ? IpFamily.V6 : IpFamily.V4));
    }
}
