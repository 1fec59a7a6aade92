namespace Pointsman.Config;

/// <summary>Who gives the reader its text: the host opens files, this room does not.</summary>
public interface IConfigSource
{
    /// <summary>False with the reason in <paramref name="error"/> when the file cannot be read.</summary>
    bool TryRead(string path, out string text, out string error);
}
