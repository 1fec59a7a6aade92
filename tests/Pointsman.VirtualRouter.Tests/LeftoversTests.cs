using System.IO.Pipes;
using Pointsman.Base;
using Pointsman.Linux;
using Pointsman.VirtualRouter.Loop;
using Pointsman.VirtualRouter.Messages;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>The kernel does not take away what an instance held that is configured no more.</summary>
public sealed class LeftoversTests : IDisposable
{
    private const int NotPermitted = 1;      // EPERM

    private static readonly VirtualAddress s_first = new(IpPrefix.Host(Node.Address("10.9.0.101")), "eth0");
    private static readonly VirtualAddress s_second = new(IpPrefix.Host(Node.Address("10.9.0.102")), "eth0");
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly AnonymousPipeServerStream _reader = new(PipeDirection.In, HandleInheritability.None);
    private readonly EventOutbox _outbox;
    private readonly HashSet<VirtualAddress> _present = [s_first, s_second];
    private readonly Leftovers _leftovers;
    private bool _kernelRefuses = true;

    public LeftoversTests()
    {
        _outbox = new EventOutbox(
            new VrrpRouterSettings(), FileDescriptor.ForStandardStream((int)_reader.ClientSafePipeHandle.DangerousGetHandle()));
        _leftovers = new Leftovers(
            _outbox,
            address => _kernelRefuses ? throw new ErrnoException("RTM_DELADDR", NotPermitted) : _present.Remove(address));
    }

    public void Dispose()
    {
        _outbox.Dispose();
        _reader.Dispose();
    }

    [Fact]
    public void Refused_IsTriedEachSecond_UntilItIsGone()
    {
        Instant now = Instant.FromSeconds(100);
        Assert.Null(_leftovers.Deadline);
        _leftovers.Add(now, [s_first, s_second]);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(now + s_pause, _leftovers.Deadline);
            now += s_pause;
            _leftovers.Retry(now, static (_, _) => false);
        }

        Assert.Equal([s_first, s_second], _leftovers.All);
        Assert.Equal(2, _present.Count);
        _kernelRefuses = false;
        _leftovers.Retry(now, static (_, _) => false);

        Assert.Empty(_present);
        Assert.Null(_leftovers.Deadline);
    }

    [Fact]
    public void HeldAgain_IsLeftAlone()
    {
        Instant now = Instant.FromSeconds(100);
        _leftovers.Add(now, [s_first, s_second]);
        _kernelRefuses = false;

        _leftovers.Retry(now + s_pause, static (device, address) => device == "eth0" && address == s_first.Prefix);

        Assert.Equal([s_first], _present);
        Assert.Null(_leftovers.Deadline);
    }
}
