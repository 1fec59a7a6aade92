using System.Collections.Immutable;
using Pointsman.Base;

namespace Pointsman.Config.Binding;

/// <summary>What the words after a keyword mean; which member counts follows from the argument's kind.</summary>
internal readonly record struct ArgumentValue
{
    public ArgumentValue()
    {
    }

    /// <summary>Of a weight: it is reversed.</summary>
    public bool IsOn { get; init; }

    public decimal Number { get; init; }

    public string Text { get; init; } = "";

    public ImmutableArray<string> Texts { get; init; } = [];

    public IpAddress Address { get; init; }

    /// <summary>Of a netmask, beside its length (<see cref="V4Mask"/>).</summary>
    public uint Gaps { get; init; }

    /// <summary>0: no port was given.</summary>
    public ushort Port { get; init; }

    /// <summary>How many of the statement's arguments were used.</summary>
    public int TakenCount { get; init; }

    /// <summary>Seconds as a span; keepalived's timers resolve microseconds.</summary>
    public TimeSpan Time => TimeSpan.FromTicks((long)(Number * TimeSpan.TicksPerSecond));
}
