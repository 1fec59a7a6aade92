namespace Pointsman.Config;

/// <summary>One step of the way from the file that was asked for to a text: an inclusion, a definition, a sequence.</summary>
/// <param name="Description">Words that a place follows: <c>included from</c>.</param>
/// <param name="Outer">The step before, nearer to the file that was asked for.</param>
public sealed record SourceOrigin(string Description, SourceSpan Place, SourceOrigin? Outer)
{
    // The first steps tell where, the last ones of a definition that holds itself only repeat them.
    private const int ShownLimit = 8;

    /// <summary>From this step outwards, as far as it is worth telling.</summary>
    public IEnumerable<SourceOrigin> Chain
    {
        get
        {
            int count = 0;
            for (SourceOrigin? step = this; step is not null && count++ < ShownLimit; step = step.Outer)
            {
                yield return step;
            }
        }
    }

    public override string ToString() => $"{Description} {Place}";
}
