namespace Pointsman.Config.Inventory;

/// <summary>What there is to say about a keyword in one block.</summary>
/// <param name="Block">The keyword that opens the block; <c>the file</c> for the outermost level.</param>
/// <param name="Takes">What follows it; empty for nothing.</param>
/// <param name="Default">What counts without it; empty where nothing happens then.</param>
/// <param name="Since">The release it came with, or null when every release in use has it.</param>
/// <param name="Here">What this version does with it, in words.</param>
/// <param name="Code">The diagnostic that says so, or null.</param>
public sealed record KeywordEntry(
    string Name, string Block, string Takes, string Default, string? Since, string Meaning, Fate Fate, string Here, string? Code);
