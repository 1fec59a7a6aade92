using System.Globalization;

namespace Pointsman.Engine;

/// <summary>What an operator has ordered of a real server by hand; the file's settings stay as they are beside it.</summary>
public abstract record ServerOrder
{
    private ServerOrder()
    {
    }

    /// <summary>As <c>pointsman server</c> takes it, and as it is noted.</summary>
    public abstract string Words { get; }

    /// <summary>What became of the server, for people.</summary>
    public abstract string Outcome { get; }

    /// <summary>It keeps its connections and gets no new ones.</summary>
    public sealed record Drain : ServerOrder
    {
        /// <summary>It is disabled then, with what connections it still has; null: it goes on until it is ordered otherwise.</summary>
        public DrainEnd? End { get; init; }

        public override string Words => End is { } end ? string.Create(CultureInfo.InvariantCulture, $"drain until {end.UnixSecond}") : "drain";

        public override string Outcome => End is { } end ? $"drained until {end.Text}" : "drained";
    }

    /// <param name="UnixSecond">Of the wall clock, as it is noted.</param>
    /// <param name="Text">The same for people.</param>
    public readonly record struct DrainEnd(long UnixSecond, string Text);

    /// <summary>It is out of the table, as if its checks failed.</summary>
    public sealed record Disable : ServerOrder
    {
        public override string Words => "disable";

        public override string Outcome => "disabled";
    }

    /// <param name="Value">0..65535, instead of the file's and of what a check asks for.</param>
    public sealed record Weight(int Value) : ServerOrder
    {
        public override string Words => string.Create(CultureInfo.InvariantCulture, $"weight {Value}");

        public override string Outcome => Words;
    }
}
