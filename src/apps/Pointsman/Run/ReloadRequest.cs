using Pointsman.Control.Reload;

namespace Pointsman.App.Run;

/// <summary>Somebody wants a file read, to be compared with what runs or to take its place.</summary>
/// <param name="File">Null: the file the daemon was started with.</param>
/// <param name="Applies">False: only compare.</param>
/// <param name="Asker">Null: a signal, which awaits no answer.</param>
internal sealed record ReloadRequest(string? File, bool Applies, TaskCompletionSource<ReloadReport>? Asker);
