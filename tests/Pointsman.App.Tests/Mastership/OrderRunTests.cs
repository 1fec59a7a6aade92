using Microsoft.Extensions.Logging.Abstractions;
using Pointsman.App.Mastership;
using Pointsman.App.Run;
using Pointsman.Config.Model;
using Pointsman.Control;
using Pointsman.Control.Status;
using Pointsman.Probes;
using Pointsman.Vrrp;

namespace Pointsman.App.Tests.Mastership;

/// <summary>What an operator is told who gives an order, and of what becomes of it where something is wrong.</summary>
public sealed class OrderRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pointsman-order-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private readonly RunPaths _paths;

    public OrderRunTests() => _paths = new RunPaths(_folder, _folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task OrderThatCouldNotBeWrittenDown_IsCarriedOut_WithTheWarning()
    {
        await using ControlServer server = Serve(new OrderAccepted(["VI_1"]) { Warning = "it cannot be written" }, State("FAULT"));
        Assert.Equal(ExitCode.Ok, Order());
        Assert.Equal("pointsman: it cannot be written\n", _errors.ToString());
        Assert.StartsWith("VI_1: out for maintenance", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DaemonIsGoneBeforeItHasHappened_IsSaid_AndIsNoSuccess()
    {
        await using ControlServer server = Serve(new OrderAccepted(["VI_1", "VI_2"]), new NodeStatus());
        Assert.Equal(ExitCode.Failure, Order());
        Assert.Equal(
            "pointsman: VI_1: the daemon tells nothing of it any more\npointsman: VI_2: the daemon tells nothing of it any more\n", _errors.ToString());
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public async Task NoAnswerComes_IsSaid_AndIsNoSuccess()
    {
        ControlServer server = Serve(accepted: null, State("MASTER"));
        Assert.Equal(ExitCode.Failure, Order());
        Assert.Equal("pointsman: the daemon refused: on purpose\n", _errors.ToString());
        await server.DisposeAsync();
        _errors.GetStringBuilder().Clear();
        Assert.Equal(ExitCode.Failure, Order());
        Assert.Contains("the pointsman daemon is not running", _errors.ToString(), StringComparison.Ordinal);
    }

    // A folder has the place of the note.
    [Fact]
    public async Task Daemon_CannotWriteTheOrderDown_WarnsInItsAnswer_AndObeys()
    {
        Directory.CreateDirectory(_paths.MaintenanceNote);
        var orders = new StandingOrders(_paths.MaintenanceNote);
        using var router = new VirtualRouterPart(new RunOptions { Paths = _paths }, new ScriptSecurity(_ => { }), orders, _ => { }, NullLogger.Instance);
        var part = new OrderPart(orders, router, NullLogger.Instance);
        var configuration = new Configuration { Instances = [new VrrpInstanceConfig("VI_1", new Pointsman.Config.SourceSpan("test.conf", 1, 1, 1))] };

        await using ControlServer server = ControlServer.Start(
            _paths.ControlSocket,
            (request, _) => ValueTask.FromResult(part.Obey(Enum.Parse<VrrpOrder>(request.Arguments[0]), "VI_1", configuration)),
            _ => { });

        Assert.StartsWith($"{_paths.MaintenanceNote} cannot be written", WarningOf(VrrpOrder.Rest), StringComparison.Ordinal);
        Assert.Equal(VrrpOrder.Rest, Assert.Single(orders.All).What);
        Assert.NotNull(WarningOf(VrrpOrder.None));
        Assert.Empty(orders.All);
        Directory.Delete(_paths.MaintenanceNote);
        Assert.Null(WarningOf(VrrpOrder.Rest));
    }

    private string? WarningOf(VrrpOrder order)
    {
        Assert.True(ControlClient.TryRequest(
            _paths.ControlSocket, new ControlRequest("vrrp-order", $"{order}"), ControlJson.Default.OrderAccepted, out OrderAccepted? accepted, out _));
        return accepted.Warning;
    }

    private static NodeStatus State(string state) => new() { Instances = [new InstanceStatus { Name = "VI_1", State = state, AdvertIntervalSeconds = 0.01 }] };

    private int Order() => new OrderRun(_paths, VrrpOrder.Rest, _output, _errors).Run(null);

    private ControlServer Serve(OrderAccepted? accepted, NodeStatus status) => ControlServer.Start(
        _paths.ControlSocket,
        (request, _) => ValueTask.FromResult(request.Verb switch
        {
            "status" => ControlReply.Ok(status, ControlJson.Default.NodeStatus),
            "vrrp-order" when accepted is not null => ControlReply.Ok(accepted, ControlJson.Default.OrderAccepted),
            _ => ControlReply.Error(ControlError.Failed, "on purpose"),
        }),
        _ => { });
}
