using System.IO.Pipes;
using Pointsman.Linux;
using Pointsman.VirtualRouter.Loop;
using Pointsman.Vrrp;

namespace Pointsman.VirtualRouter.Tests;

/// <summary>Events of a role whose control process is slow to read.</summary>
public sealed class EventOutboxTests
{
    private const int Announcements = 10_000;
    private const int Changes = 500;

    [Fact]
    public async Task ReportsOverflow_StateChangesAllArrive()
    {
        using var reader = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        using var outbox = new EventOutbox(
            new VrrpRouterSettings
            {
                Instances = [new VrrpInstanceSettings { Name = "VI_1", Interface = "eth0", VirtualRouterId = 1 }],
            },
            FileDescriptor.ForStandardStream((int)reader.ClientSafePipeHandle.DangerousGetHandle()));
        for (int i = 0; i < Announcements; i++)
        {
            outbox.Post(new VrrpEvent(VrrpEventKind.Announcing, 0), priority: 100);
        }

        for (int i = 0; i < Changes; i++)
        {
            outbox.Post(
                new VrrpEvent(VrrpEventKind.StateChanged, 0)
                {
                    From = VrrpState.Backup, To = VrrpState.Master, Reason = VrrpReason.AdvertTimeout,
                },
                priority: 100);
        }

        Assert.True(outbox.Dropped > 0, "nobody reads yet: something had no room");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var lines = new StreamReader(reader);
        int found = 0;
        while (found < Changes && await lines.ReadLineAsync(limit.Token) is { } line)
        {
            found += line.Contains("\"to\"", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        }

        Assert.Equal(Changes, found);
    }
}
