using Microsoft.Extensions.Logging;
using Pointsman.Control;
using Pointsman.Control.ByHand;
using Pointsman.Control.Reload;
using Pointsman.Control.Status;
using Pointsman.Vrrp;

namespace Pointsman.App.Run;

/// <summary>The control socket: each verb that is asked for becomes an event, and its answer a reply.</summary>
internal sealed class ControlPart : IDisposable
{
    private readonly Action<DaemonEvent> _post;
    private readonly ControlServer _server;

    internal ControlPart(RunPaths paths, Action<DaemonEvent> post, ILogger log)
    {
        _post = post;
        _server = ControlServer.Start(
            paths.ControlSocket, AnswerAsync, fault => Log.ControlFault(log, fault.Message));
    }

    public void Dispose() => _server.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private ValueTask<ControlReply> AnswerAsync(ControlRequest request, CancellationToken cancellation) =>
        request.Verb switch
        {
            "status" => AskAsync(answer => new DaemonEvent.StatusAsked(answer), cancellation),
            "server-order" => AskAsync(answer => new DaemonEvent.ServerOrderAsked(request.Arguments, answer), cancellation),
            "server-status" => AskAsync(
                answer => new DaemonEvent.ServerReportAsked(request.Arguments.FirstOrDefault() ?? "", answer), cancellation),
            "vrrp-order" => OrderAsync(request, cancellation),
            "by-hand" => ByHandAsync(request, cancellation),
            "reload" => ReloadAsync(file: null, applies: true, cancellation),
            "diff" => ReloadAsync(request.Arguments is [var file] ? file : null, applies: false, cancellation),
            _ => ValueTask.FromResult(ControlReply.UnknownVerb(request.Verb)),
        };

    private async ValueTask<ControlReply> ReloadAsync(string? file, bool applies, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<ReloadReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        _post(new DaemonEvent.ReloadAsked(new ReloadRequest(file, applies, answer)));
        ReloadReport report = await answer.Task.WaitAsync(cancellation);
        return ControlReply.Ok(report, ControlJson.Default.ReloadReport);
    }

    // Arguments: ipvsadm's command lines, one each.
    private async ValueTask<ControlReply> ByHandAsync(ControlRequest request, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<HandAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _post(new DaemonEvent.HandOrdersAsked(request.Arguments, answer));
        HandAnswer done = await answer.Task.WaitAsync(cancellation);
        return ControlReply.Ok(done, ControlJson.Default.HandAnswer);
    }

    private async ValueTask<ControlReply> AskAsync(
        Func<TaskCompletionSource<ControlReply>, DaemonEvent> happened, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<ControlReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _post(happened(answer));
        return await answer.Task.WaitAsync(cancellation);
    }

    // Arguments: the order, and whom it is for.
    private async ValueTask<ControlReply> OrderAsync(ControlRequest request, CancellationToken cancellation)
    {
        if (request.Arguments.Length is 0 or > 2 || !Enum.TryParse(request.Arguments[0], out VrrpOrder order))
        {
            return ControlReply.Error(
                ControlError.BadRequest, $"an order is one of {string.Join(", ", Enum.GetNames<VrrpOrder>())}, and a name");
        }

        var answer = new TaskCompletionSource<ControlReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _post(new DaemonEvent.OrderAsked(order, request.Arguments.ElementAtOrDefault(1), answer));
        return await answer.Task.WaitAsync(cancellation);
    }
}
