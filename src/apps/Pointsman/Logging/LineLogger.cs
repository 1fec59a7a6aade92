using Microsoft.Extensions.Logging;

namespace Pointsman.App.Logging;

/// <summary>Writes each record as one line to every sink; a sink that fails is left out, never waited for.</summary>
internal sealed class LineLoggerProvider(params IReadOnlyList<ILineSink> sinks) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new LineLogger(sinks);

    public void Dispose()
    {
        foreach (ILineSink sink in sinks)
        {
            sink.Dispose();
        }
    }

    private sealed class LineLogger(IReadOnlyList<ILineSink> sinks) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string line = formatter(state, exception);
            if (exception is not null)
            {
                line += $": {exception.Message}";
            }

            foreach (ILineSink sink in sinks)
            {
                sink.Write(logLevel, line);
            }
        }
    }
}

/// <summary>A place log lines go to.</summary>
internal interface ILineSink : IDisposable
{
    void Write(LogLevel level, string line);
}
