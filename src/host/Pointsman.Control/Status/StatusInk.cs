namespace Pointsman.Control.Status;

/// <summary>Colours for a terminal; without one, nothing.</summary>
public sealed class StatusInk(bool colour)
{
    private const char Escape = '\e';

    public string Strong(string text) => Paint("1", text);

    public string Good(string text) => Paint("32", text);

    public string Bad(string text) => Paint("1;31", text);

    public string Warn(string text) => Paint("33", text);

    public string Quiet(string text) => Paint("2", text);

    public string State(string state) => state switch
    {
        "MASTER" or "up" => Good(state),
        "FAULT" or "down" => Bad(state),
        _ => state,
    };

    /// <summary>The columns a text takes on the screen: escape sequences take none.</summary>
    public static int Width(string text)
    {
        int width = 0;
        bool inEscape = false;
        foreach (char character in text)
        {
            if (inEscape)
            {
                inEscape = character != 'm';
            }
            else if (character == Escape)
            {
                inEscape = true;
            }
            else
            {
                width++;
            }
        }

        return width;
    }

    private string Paint(string code, string text) => colour ? $"{Escape}[{code}m{text}{Escape}[0m" : text;
}
