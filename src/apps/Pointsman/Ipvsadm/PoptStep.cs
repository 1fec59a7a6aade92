namespace Pointsman.App.Ipvsadm;

/// <summary>What the reader of a command line met next.</summary>
internal abstract record PoptStep
{
    private PoptStep()
    {
    }

    /// <param name="Word">The word of the command line it stood in, for complaints.</param>
    internal sealed record Given(PoptOption Option, string Word, string? Value) : PoptStep;

    internal sealed record Bad(string Word, string Why) : PoptStep;

    internal sealed record End : PoptStep;
}
