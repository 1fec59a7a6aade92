using Microsoft.Extensions.Logging;
using Pointsman.App.Run;
using Pointsman.Base;
using Pointsman.Config.Model;

namespace Pointsman.App.Tests.Run;

/// <summary>What is told of synchronisation daemons that cannot start.</summary>
public sealed class SynchronisationPartTests
{
    [Fact]
    public void InterfaceIsNotThere_IsToldOnceOfEachRole_HoweverOftenItIsTried()
    {
        var log = new Lines();
        using var part = new SynchronisationPart(new RunPaths("/nowhere", "/nowhere"), _ => false, _ => { }, log);
        part.Run(new Configuration { Global = new GlobalDefinitions { SyncDaemon = new SyncDaemonConfig("nosuch0", null, default) } });
        for (int attempt = 0; attempt < 3; attempt++)
        {
            part.OnDeadline(part.Deadline!.Value);
        }

        Assert.Equal(
            ["Synchronisation master cannot start", "Synchronisation backup cannot start"],
            log.Told.Select(line => line[..line.IndexOf(',', StringComparison.Ordinal)]));
        Assert.Empty(part.Status());
    }

    private sealed class Lines : ILogger
    {
        internal List<string> Told { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Told.Add(formatter(state, exception));
    }
}
