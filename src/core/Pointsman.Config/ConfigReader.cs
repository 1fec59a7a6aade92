using Pointsman.Config.Binding;
using Pointsman.Config.Grammar;
using Pointsman.Config.Including;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config;

/// <summary>Reads keepalived.conf. Finds all mistakes of a file in one pass, and never throws for what stands in it.</summary>
public static class ConfigReader
{
    /// <summary>Of a text alone; what it includes is missing.</summary>
    public static ConfigResult Read(string fileName, string text) => Read(fileName, text, NoFiles.Source, new ConfigReaderOptions());

    public static ConfigResult Read(IConfigSource source, string path, ConfigReaderOptions? options = null)
    {
        if (source.TryRead(path, out string text, out string error))
        {
            return Read(path, text, source, options ?? new ConfigReaderOptions());
        }

        var sink = new DiagnosticSink(path);
        sink.Report(DiagnosticCatalogue.CannotRead, sink.FileStart, path, error);
        return new ConfigResult(null, sink.InFileOrder(), []);
    }

    // keepalived's parent process has read the whole file, and so knows the name, before its other processes do.
    private static ConfigResult Read(string fileName, string text, IConfigSource source, ConfigReaderOptions options)
    {
        var remembered = new RememberedSource(source);
        ConfigResult result = ReadOnce(fileName, text, remembered, options, out string? instance);
        bool asks = instance is not null && options.Instance is null && result.Diagnostics.Any(diagnostic =>
            diagnostic.Descriptor == DiagnosticCatalogue.NoValue && diagnostic.Message.Contains(LineExpander.NoInstance, StringComparison.Ordinal));
        return asks ? ReadOnce(fileName, text, remembered, options with { Instance = instance }, out _) : result;
    }

    private static ConfigResult ReadOnce(
        string fileName, string text, IConfigSource source, ConfigReaderOptions options, out string? instance)
    {
        var sink = new DiagnosticSink(fileName);
        List<Token> tokens = SourceReader.Read(new SourceText(fileName, text), source, options, sink, out var sources);
        var statements = StatementTree.Read(tokens, FileGrammar.Block, sink);

        var binder = new Binder(sink);
        var file = new Statement([tokens[^1].Word], null);
        Draft draft = binder.Bind(FileGrammar.Block, file, statements, new Draft()).Value;
        instance = draft.Instance;
        binder.Notices.Report(sink);
        Configuration configuration = Completion.Complete(draft, binder.HasGaps, sink);
        return new ConfigResult(sink.HasErrors ? null : configuration, sink.InFileOrder(), sources) { Places = binder.Places };
    }
}
