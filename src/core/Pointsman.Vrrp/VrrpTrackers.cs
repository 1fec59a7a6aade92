using System.Collections.Immutable;

namespace Pointsman.Vrrp;

/// <summary>What an instance's fitness and priority hang on, and how it stands.</summary>
internal sealed class VrrpTrackers(VrrpInstanceSettings settings, bool weightsCount)
{
    private const int OwnerPriority = 255;
    private const int LowestPriority = 1;
    private const int HighestPriority = 254;

    // In the order of the settings. A script is unknown (null) until its first result; links are up until told.
    private readonly bool?[] _scriptIsUp = new bool?[settings.TrackScripts.Length];
    private readonly bool?[] _interfaceIsUp = UpUntilTold(settings.TrackInterfaces.Length);
    private bool _ownLinkIsUp = true;

    /// <summary>
    /// A master resumed after a quick restart counts scripts as up until their first result: it held its rank with them
    /// a moment ago, and losing it for one script interval would cost the takeover the lease has just avoided.
    /// </summary>
    public bool UnknownScriptsAreUp { get; set; }

    public bool OwnLinkIsUp => _ownLinkIsUp;

    public byte EffectivePriority
    {
        get
        {
            if (settings.Priority == OwnerPriority || !weightsCount)
            {
                return settings.Priority;
            }

            int total = settings.Priority
                + Sum(settings.TrackScripts, _scriptIsUp)
                + Sum(settings.TrackInterfaces, _interfaceIsUp);
            return (byte)Math.Clamp(total, LowestPriority, HighestPriority);
        }
    }

    /// <summary>The script of weight 0 whose first result is awaited, or null.</summary>
    public string? AwaitedScript
    {
        get
        {
            for (int i = 0; i < _scriptIsUp.Length; i++)
            {
                if (settings.TrackScripts[i].Weight == 0 && Known(_scriptIsUp[i]) is null)
                {
                    return settings.TrackScripts[i].Name;
                }
            }

            return null;
        }
    }

    public void SetScript(string name, bool isUp) => Set(settings.TrackScripts, _scriptIsUp, name, isUp);

    public void SetLink(string name, bool isUp)
    {
        if (name == settings.Interface)
        {
            _ownLinkIsUp = isUp;
        }

        Set(settings.TrackInterfaces, _interfaceIsUp, name, isUp);
    }

    /// <summary>The first thing that makes the instance unfit; each is looked at anew, so none hides another.</summary>
    public bool TryFindFault(out VrrpReason reason, out string? subject)
    {
        reason = VrrpReason.LinkDown;
        subject = settings.Interface;
        if (!_ownLinkIsUp)
        {
            return true;
        }

        for (int i = 0; i < _interfaceIsUp.Length; i++)
        {
            if (settings.TrackInterfaces[i].Weight == 0 && _interfaceIsUp[i] == false)
            {
                subject = settings.TrackInterfaces[i].Name;
                return true;
            }
        }

        for (int i = 0; i < _scriptIsUp.Length; i++)
        {
            if (settings.TrackScripts[i].Weight == 0 && _scriptIsUp[i] == false)
            {
                reason = VrrpReason.ScriptFailed;
                subject = settings.TrackScripts[i].Name;
                return true;
            }
        }

        reason = VrrpReason.None;
        subject = null;
        return false;
    }

    private static bool?[] UpUntilTold(int count)
    {
        var isUp = new bool?[count];
        Array.Fill(isUp, true);
        return isUp;
    }

    private static void Set(ImmutableArray<VrrpTrack> tracks, bool?[] isUp, string name, bool value)
    {
        for (int i = 0; i < isUp.Length; i++)
        {
            if (tracks[i].Name == name)
            {
                isUp[i] = value;
            }
        }
    }

    private bool? Known(bool? isUp) => isUp ?? (UnknownScriptsAreUp ? true : null);

    private int Sum(ImmutableArray<VrrpTrack> tracks, bool?[] isUp)
    {
        int sum = 0;
        for (int i = 0; i < isUp.Length; i++)
        {
            bool? up = Known(isUp[i]);
            int weight = tracks[i].Weight;
            bool counts = weight > 0 ? up == true : up == false;
            sum += counts ? weight : 0;
        }

        return sum;
    }
}
