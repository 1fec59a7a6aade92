using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Pointsman.App.Logging;

/// <summary>Lines on standard output with the time in front, as <c>keepalived -l</c> prints them.</summary>
internal sealed class ConsoleSink : ILineSink
{
    private readonly TextWriter _output = TextWriter.Synchronized(Console.Out);

    public void Write(LogLevel level, string line)
    {
        string time = DateTime.Now.ToString("ddd MMM dd HH:mm:ss.fff yyyy", CultureInfo.InvariantCulture);
        try
        {
            _output.WriteLine($"{time}: {line}");
            _output.Flush();
        }
        catch (IOException)
        {
            // The terminal is gone; syslog has the line.
        }
    }

    public void Dispose()
    {
    }
}
