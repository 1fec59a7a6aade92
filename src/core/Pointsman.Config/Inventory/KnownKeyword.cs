namespace Pointsman.Config.Inventory;

/// <summary>A keyword of keepalived that this version does nothing with, in one of its blocks.</summary>
/// <param name="Block">The keyword that opens the block; <c>the file</c> for the outermost level.</param>
/// <param name="Takes">What follows it, with unit and range; empty for nothing.</param>
/// <param name="Default">What counts without it; empty where nothing happens then.</param>
/// <param name="Meaning">What it does in keepalived, in one line.</param>
/// <param name="Because">Why nothing comes of it here, or what to do instead.</param>
internal sealed record KnownKeyword(
    string Block, string Name, string Takes, string Default, string Meaning, Fate Fate, string Because);
