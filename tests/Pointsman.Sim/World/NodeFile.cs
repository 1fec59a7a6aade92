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

    /// <summary>Instances of the site that it does not have, a bit for each; never the clients' one, the first.</summary>
    public int Missing { get; init; }

    /// <summary>Its instances stand there from the last to the first.</summary>
    public bool IsReversed { get; init; }

    /// <summary>It ties pairs of instances that it has, by sync groups.</summary>
    public bool HasGroups { get; init; } = true;

    public bool Has(int instance) => (Missing & (1 << instance)) == 0;

    /// <summary>The instance and its neighbour move as one.</summary>
    public bool Ties(int instance, int instanceCount) => instanceCount > 1 && HasGroups && Has(instance) && Has(instance ^ 1);

    public int GarpRepeat { get; init; } = 5;
}
