namespace Pointsman.Control;

/// <summary>Answers one request. Called on a pool thread, for several clients at once.</summary>
public delegate ValueTask<ControlReply> ControlHandler(ControlRequest request, CancellationToken cancellation);
