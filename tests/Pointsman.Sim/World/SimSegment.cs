using Pointsman.Base;

namespace Pointsman.Sim.World;

/// <summary>One Ethernet segment, which can lose, delay, duplicate, reorder, and be cut one way between two ports.</summary>
internal sealed class SimSegment(string name, EventQueue clock, Weather weather)
{
    /// <summary>What a sound segment needs at most for one frame.</summary>
    public static readonly TimeSpan SoundDelay = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan s_shortest = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan s_usualJitter = TimeSpan.FromMicroseconds(450);
    private static readonly TimeSpan s_arpGoesThrough = TimeSpan.FromMilliseconds(500);

    private readonly List<ISegmentPort> _ports = [];
    private readonly HashSet<(int From, int To)> _cuts = [];

    public string Name => name;

    public int LossPercent { get; set; }

    public int DuplicatePercent { get; set; }

    /// <summary>Multicast is lost, as by a switch that believes nobody listens: two masters, and all else works.</summary>
    public bool LosesAdverts { get; set; }

    /// <summary>Whatever else goes wrong here, ARP goes through.</summary>
    public bool CarriesAllButAdverts => LossPercent == 0 && _cuts.Count == 0 && ExtraDelay < s_arpGoesThrough;

    /// <summary>Frames take up to this much longer, each for itself: they overtake each other.</summary>
    public TimeSpan ExtraDelay { get; set; }

    /// <summary>Since then every advert that was sent has arrived in time.</summary>
    public Instant SoundSince { get; private set; } = clock.Now;

    public void Plug(ISegmentPort port) => _ports.Add(port);

    public void Cut(int from, int to) => _cuts.Add((from, to));

    public void Heal()
    {
        _cuts.Clear();
        LosesAdverts = false;
        BecomePredictable();
    }

    /// <summary>What is cut stays cut; nothing goes wrong by chance any more.</summary>
    public void BecomePredictable()
    {
        LossPercent = 0;
        DuplicatePercent = 0;
        ExtraDelay = TimeSpan.Zero;
    }

    public bool Reaches(ISegmentPort from, ISegmentPort to) =>
        from.HasCarrier && to.HasCarrier && (_cuts.Count == 0 || !_cuts.Contains((from.Number, to.Number)));

    public void Send(ISegmentPort from, Frame frame)
    {
        foreach (ISegmentPort to in _ports)
        {
            if (to == from || !to.IsThere || (frame.Target != MacAddress.Broadcast && frame.Target != to.Mac))
            {
                continue;
            }

            if (!Reaches(from, to) || (LosesAdverts && frame is Frame.Advert) || weather.Happens(LossPercent))
            {
                Note(frame);
                continue;
            }

            Carry(from, to, frame);
            if (weather.Happens(DuplicatePercent))
            {
                Carry(from, to, frame);
            }
        }
    }

    private void Carry(ISegmentPort from, ISegmentPort to, Frame frame)
    {
        TimeSpan delay = s_shortest + weather.Jitter(s_usualJitter) + weather.Jitter(ExtraDelay);
        if (delay > SoundDelay)
        {
            Note(frame);
        }

        clock.After(delay, () => Arrive(from, to, frame, delay));
    }

    private void Arrive(ISegmentPort from, ISegmentPort to, Frame frame, TimeSpan delay)
    {
        if (!to.IsThere)
        {
            return;
        }

        bool arrives = Reaches(from, to);
        if (!arrives || delay > SoundDelay)
        {
            Note(frame);
        }

        if (arrives)
        {
            to.Receive(frame);
        }
    }

    /// <summary>An advert arrived and was not believed, for the files differ: as good as lost.</summary>
    public void NoteDisbelief() => SoundSince = clock.Now;

    private void Note(Frame frame)
    {
        if (frame is Frame.Advert)
        {
            SoundSince = clock.Now;
        }
    }
}
