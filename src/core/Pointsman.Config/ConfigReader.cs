using Pointsman.Config.Binding;
using Pointsman.Config.Grammar;
using Pointsman.Config.Model;
using Pointsman.Config.Syntax;

namespace Pointsman.Config;

/// <summary>Reads keepalived.conf. Finds all mistakes of a file in one pass, and never throws for what stands in it.</summary>
public static class ConfigReader
{
    public static ConfigResult Read(string fileName, string text)
    {
        var source = new SourceText(fileName, text);
        var sink = new DiagnosticSink(fileName);
        List<Token> tokens = Lexer.Read(source, sink);
        var statements = StatementTree.Read(tokens, FileGrammar.Block, sink);

        var binder = new Binder(source, sink);
        var file = new Statement([tokens[^1].Word], null);
        Draft draft = binder.Bind(FileGrammar.Block, file, statements, new Draft()).Value;
        binder.Notices.Report(sink);
        Configuration configuration = Completion.Complete(draft, binder.HasGaps, sink);
        return new ConfigResult(sink.HasErrors ? null : configuration, sink.InFileOrder(), [source]);
    }

    public static ConfigResult Read(IConfigSource source, string path)
    {
        if (source.TryRead(path, out string text, out string error))
        {
            return Read(path, text);
        }

        var sink = new DiagnosticSink(path);
        sink.Report(DiagnosticCatalogue.CannotRead, sink.FileStart, path, error);
        return new ConfigResult(null, sink.InFileOrder(), []);
    }
}
