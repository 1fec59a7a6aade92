namespace Pointsman.Lab.Demo;

/// <summary>One line of the drill's summary.</summary>
internal sealed record DrillStep(string Name, string Expected, string Seen, bool Ok);
