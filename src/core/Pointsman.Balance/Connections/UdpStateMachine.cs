using System.Diagnostics;

namespace Pointsman.Balance.Connections;

/// <summary>How datagrams move what is remembered of a client. The data path has the same (bpf/tcp_state.h).</summary>
public static class UdpStateMachine
{
    /// <summary>The state's name in <c>ipvsadm -Lnc</c>, whichever it is.</summary>
    public const string Name = "UDP";

    /// <param name="state">Null: nothing was remembered.</param>
    /// <param name="view">Whose datagram it is.</param>
    public static UdpState Next(UdpState? state, TcpView view) => (state, view) switch
    {
        (_, TcpView.Output) => UdpState.Answered,
        (null, _) => UdpState.New,
        (UdpState.New or UdpState.Known, _) => UdpState.Known,
        (UdpState.Answered, _) => UdpState.Answered,
        _ => throw new UnreachableException(),
    };
}
