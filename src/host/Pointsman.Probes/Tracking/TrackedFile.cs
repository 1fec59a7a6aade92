namespace Pointsman.Probes.Tracking;

/// <summary>A <c>track_file</c> to be read whenever it changes.</summary>
/// <param name="InitialNumber">What a missing file is made with; null: it is not made.</param>
/// <param name="Overwrites">Also a file that is there is made anew.</param>
public sealed record TrackedFile(string Name, string Path, int? InitialNumber = null, bool Overwrites = false);
