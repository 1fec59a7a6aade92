using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Pointsman.App.Run;
using Pointsman.Config;
using Pointsman.Config.Model;
using Pointsman.Engine;

namespace Pointsman.App.Tests.Run;

/// <summary>A server that drains has until a moment, also for the next daemon.</summary>
public sealed class ServerOrderPartTests : IDisposable
{
    private const string Vip = "10.0.0.200:80";

    private static readonly Configuration File = ConfigReader.Read(
        "f",
        """
        virtual_server 10.0.0.200 80 {
            lb_algo rr
            lb_kind DR
            protocol TCP
            real_server 10.0.0.1 80 {
                weight 1
            }
            real_server 10.0.0.2 80 {
                weight 1
            }
        }
        """).Configuration!;

    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-orders-").FullName;
    private readonly List<IDisposable> _open = [];
    private readonly Clock _clock = new();

    public void Dispose()
    {
        _open.ForEach(part => part.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Drain_ItsTimeIsOver_IsDisabled()
    {
        (DirectorPart director, ServerOrderPart orders) = Start();
        Obey(orders, "drain for 60");
        Assert.Equal(ServerOrderNote.DrainUntil(_clock.Now + TimeSpan.FromSeconds(60)), Order(director));
        Assert.Matches("^drained until 2026-0[45]-.. ..:01:00$", Order(director)!.Outcome);
        Assert.Equal(0, director.Engine.WeightOf(0, 0));
        _clock.Now += TimeSpan.FromSeconds(59);
        Assert.False(orders.IsDue);
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.True(orders.IsDue);
        orders.OnDeadline(File);
        Assert.Equal(new ServerOrder.Disable(), Order(director));
        Assert.Null(director.Engine.OrderFor(0, 1));
        Assert.False(orders.IsDue);
    }

    [Fact]
    public void Drain_DaemonStartsAgain_TheMomentIsTheSame()
    {
        Obey(Start().Orders, "drain for 60");
        _clock.Now += TimeSpan.FromSeconds(30);
        (DirectorPart director, ServerOrderPart orders) = Start();
        Assert.IsType<ServerOrder.Drain>(Order(director));
        Assert.False(orders.IsDue);
        _clock.Now += TimeSpan.FromSeconds(30);
        Assert.True(orders.IsDue);
        orders.OnDeadline(File);
        Assert.Equal(new ServerOrder.Disable(), Order(Start().Director));
    }

    [Theory]
    [InlineData("enable")]
    [InlineData("drain")]
    [InlineData("weight 3")]
    public void Drain_IsOrderedOtherwiseMeanwhile_HasNoEnd(string words)
    {
        (DirectorPart director, ServerOrderPart orders) = Start();
        Obey(orders, "drain for 60");
        Obey(orders, words);
        _clock.Now += TimeSpan.FromDays(1);
        Assert.False(orders.IsDue);
        Assert.IsNotType<ServerOrder.Disable>(Order(director));
    }

    [Theory]
    [InlineData("drain for 0")]
    [InlineData("drain for 31536001")]
    [InlineData("drain for ever")]
    [InlineData("drain for")]
    [InlineData("drain for 1 2")]
    public void Drain_ForNoTime_IsRefused(string words)
    {
        (DirectorPart director, ServerOrderPart orders) = Start();
        Obey(orders, words);
        Assert.Null(Order(director));
    }

    private static ServerOrder? Order(DirectorPart director) => director.Engine.OrderFor(0, 0);

    private static void Obey(ServerOrderPart orders, string words) => orders.Obey([words, Vip, "10.0.0.1"], File);

    private (DirectorPart Director, ServerOrderPart Orders) Start()
    {
        var paths = new RunPaths(_folder, "/nowhere");
        var notifications = new NotificationPart(_ => { }, NullLogger.Instance);
        var director = new DirectorPart(paths, File, notifications, _ => { }, NullLogger.Instance);
        _open.Add(director);
        _open.Add(notifications);
        director.Start();
        var orders = new ServerOrderPart(paths, director, NullLogger.Instance, _clock);
        orders.Open(File);
        return (director, orders);
    }

    private sealed class Clock : TimeProvider
    {
        internal DateTimeOffset Now { get; set; } = DateTimeOffset.Parse("2026-05-01 12:00:00Z", CultureInfo.InvariantCulture);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
