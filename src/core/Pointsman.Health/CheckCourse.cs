namespace Pointsman.Health;

/// <summary>Counts a check's outcomes, and says when it turns and when it is due again.</summary>
internal abstract class CheckCourse
{
    /// <summary>Which page the next probe asks for, from 0.</summary>
    public virtual int Step => 0;

    /// <summary>The next probe is due so long after the last one began, not after it ended.</summary>
    public virtual bool CountsFromStart => false;

    public static CheckCourse For(CheckMethod method, CheckSettings settings) => method switch
    {
        CheckMethod.Http http => new PageCourse(settings, http.Pages.Length, http.FastRecovery),
        CheckMethod.Script => new PlainCourse(settings, countsFromStart: true),
        CheckMethod.Tcp or CheckMethod.Smtp => new PlainCourse(settings, retriesWhileDown: true),
        _ => new PlainCourse(settings),
    };

    /// <param name="isUp">How the check stands before this outcome.</param>
    public abstract CheckStep After(bool success, bool isUp);
}
