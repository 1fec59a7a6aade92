using Pointsman.Config.Syntax;

namespace Pointsman.Config;

/// <summary>Where each setting of each block was typed; the model itself says only where a block begins.</summary>
public sealed class SettingPlaces
{
    private readonly Dictionary<(string File, int Line, int Column), Dictionary<string, Statement>> _blocks = [];

    /// <summary>Of a configuration that nobody typed.</summary>
    public static SettingPlaces None { get; } = new();

    /// <summary>The keyword and its first argument; null when the setting has its default.</summary>
    /// <param name="block">Where the block's header stands, as its model has it; <c>default</c> for <c>global_defs</c>.</param>
    /// <param name="setting">The canonical name.</param>
    public SourceSpan? Find(SourceSpan block, string setting) =>
        _blocks.TryGetValue(KeyOf(block), out Dictionary<string, Statement>? settings)
        && settings.TryGetValue(setting, out Statement? statement)
            ? statement.HeaderSpan
            : null;

    /// <summary>Where to point for a setting: at itself, or else at its block.</summary>
    public SourceSpan Of(SourceSpan block, string setting) => Find(block, setting) ?? block;

    // What a definition writes many times is the same each time, so its place may stand for all.
    internal void Add(SourceSpan block, Dictionary<string, Statement> given)
    {
        if (given.Count == 0 || _blocks.TryAdd(KeyOf(block), given))
        {
            return;
        }

        foreach ((string setting, Statement statement) in given)
        {
            _blocks[KeyOf(block)][setting] = statement;
        }
    }

    private static (string File, int Line, int Column) KeyOf(SourceSpan block) => (block.File ?? "", block.Line, block.Column);
}
