using System.Globalization;

namespace Pointsman.Balance.Tests.Recorded;

/// <summary>A line of <c>ipvsadm -Lnc</c>, as the recordings have it with the time that is left and without.</summary>
internal sealed record ConnectionRow(string Protocol, TimeSpan Left, string Rest)
{
    public string Untimed => $"{Protocol} {Rest}";

    public string Timed
    {
        get
        {
            // A little less than a second has passed in the recording.
            int seconds = (int)Left.TotalSeconds - 1;
            return string.Create(CultureInfo.InvariantCulture, $"{Protocol} {seconds / 60:00}:{seconds % 60:00} {Rest}");
        }
    }
}
