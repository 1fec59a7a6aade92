namespace Pointsman.Control;

/// <summary>Where the control socket lives.</summary>
public static class ControlPath
{
    public const string RunDirectory = "/run/pointsman";

    public const string Default = RunDirectory + "/control.sock";

    /// <summary>A Unix socket's address holds 108 bytes, one of them the terminating zero.</summary>
    public const int LongestBytes = 107;
}
