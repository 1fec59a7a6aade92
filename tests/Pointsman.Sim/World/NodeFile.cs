namespace Pointsman.Sim.World;

/// <summary>What a node's file says that the others' need not say: an operator edits one file after the other.</summary>
internal sealed record NodeFile
{
    public required int Priority { get; init; }

    public bool Nopreempt { get; init; }

    /// <summary>Null: no track script.</summary>
    public int? ScriptWeight { get; init; }

    /// <summary>Null: the instances have no common path to watch.</summary>
    public int? PathWeight { get; init; }

    /// <summary>A further address for the first instance.</summary>
    public bool HasExtraAddress { get; init; }

    /// <summary>Where version 2 has one.</summary>
    public string Password { get; init; } = SiteSettings.UsualPassword;

    /// <summary>In version 3 its adverts come five times as often as those of the site.</summary>
    public bool SpeaksOften { get; init; }

    public int GarpRepeat { get; init; } = 5;
}
