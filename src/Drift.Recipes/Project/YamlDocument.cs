// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using Drift.Oci;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

#if DRIFT_MACHINES
namespace Drift.Machines;
#else
namespace Drift.Recipes;
#endif

/// <summary>
/// Reads a YAML document that may come from anyone into <see cref="YamlNode"/>s. Anchors, aliases, merge keys, tags and further documents
/// are refused: a few lines of them can stand for gigabytes, or for something else than what is seen.
/// </summary>
internal sealed class YamlDocument
{
    /// <summary>How large a document may be, in bytes.</summary>
    public const int MaximumSize = 1024 * 1024;

    private const int MaximumDepth = 16;
    // Each is checked, some at the cost of a regular expression: a hundred times what a large project has.
    private const int MaximumNodes = 10_000;
    private readonly string _name;
    private readonly Parser _parser;
    private int _nodes;

    private YamlDocument(string name, string text)
    {
        _name = name;
        _parser = new Parser(new StringReader(text));
    }

    /// <param name="yaml">The document, in UTF-8.</param>
    /// <param name="name">The file's name, which stands in errors.</param>
    public static YamlNode Parse(ReadOnlySpan<byte> yaml, string name)
    {
        if (yaml.StartsWith("\ufeff"u8)) yaml = yaml[3..];
        EnsureUtf8(yaml, name);
        var document = new YamlDocument(name, Encoding.UTF8.GetString(yaml));
        try
        {
            return document.ReadDocument();
        }
        catch (YamlException e)
        {
            throw new DriftException(ErrorCode.InvalidProject, $"{Position(name, e.Start.Line, e.Start.Column)}: This is not YAML: {e.Message}", "Correct the line; YAML is indented by spaces, never by tabs.", e);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or EndOfStreamException)
        {
            // YamlDotNet's scanner trips over some escapes, tags and cut-off lists instead of telling what they are.
            var last = document._parser.Current?.End ?? Mark.Empty;
            throw new DriftException(ErrorCode.InvalidProject, $"{Position(name, last.Line, last.Column)}: What follows here is not YAML.", "Correct the line, or put its text into single quotes.", e);
        }
    }

    private YamlNode ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _)) return new YamlNode(Position(_name, 1, 1)) { Entries = [] };
        _parser.Consume<DocumentStart>();
        var root = Read(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second)) throw At(second).Error("There is a second document.", "Keep one document in the file.");
        return root.IsNull ? root with { Text = null, Entries = [] } : root;
    }

    private YamlNode Read(int depth)
    {
        var node = _parser.Current is null && !_parser.MoveNext() ? throw new EndOfStreamException() : At(_parser.Current!);
        if (++_nodes > MaximumNodes) throw node.Error($"There are more than {MaximumNodes} values before this one.", "Name folders instead of the files in them, or split the file.");
        if (depth > MaximumDepth) throw node.Error($"This is deeper than {MaximumDepth} levels.", "Write less deep lists and maps.");
        if (_parser.Current is AnchorAlias) throw node.Error("Aliases (*name) are not read.", "Write the value itself.");
        if (_parser.Current is NodeEvent { Anchor.IsEmpty: false }) throw node.Error("Anchors (&name) are not read.", "Leave the anchor out.");
        if (_parser.Current is NodeEvent { Tag.IsEmpty: false }) throw node.Error("Tags (!name) are not read.", "Leave the tag out.");
        if (_parser.TryConsume<Scalar>(out var scalar)) return Text(node, scalar);
        if (_parser.TryConsume<SequenceStart>(out _))
        {
            var items = new List<YamlNode>();
            while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(Read(depth + 1));
            return node with { Items = items };
        }
        _parser.Consume<MappingStart>();
        return node with { Entries = ReadEntries(depth) };
    }

    private List<(YamlNode Key, YamlNode Value)> ReadEntries(int depth)
    {
        var entries = new List<(YamlNode, YamlNode)>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = Read(depth + 1);
            if (key.Text is null) throw key.Error($"A key is a text; this is {key.Kind}.", "Write KEY: VALUE.");
            if (key is { IsPlain: true, Text: "<<" }) throw key.Error("Merge keys (<<) are not read.", "Write the entries themselves.");
            if (!keys.Add(key.Text)) throw key.Error($"'{Shown(key.Text)}' is here twice.", "Keep one of the two.");
            entries.Add((key, Read(depth + 1)));
        }
        return entries;
    }

    private static YamlNode Text(YamlNode node, Scalar scalar)
    {
        if (!IsStorable(scalar.Value)) throw node.Error("This text has a NUL, or half of a surrogate pair.", "Leave the escape out.");
        return node with { Text = scalar.Value, IsPlain = scalar.Style == ScalarStyle.Plain };
    }

    /// <summary>Whether a config in JSON and a path in an archive can hold it: escapes can stand for what is no text.</summary>
    private static bool IsStorable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0') return false;
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])) return false;
        }
        return true;
    }

    /// <summary>A text of the file for a message: one line, of bounded length.</summary>
    public static string Shown(string text) => string.Concat((text.Length > 80 ? text[..80] + "…" : text).Select(c => char.IsControl(c) ? '?' : c));

    private static void EnsureUtf8(ReadOnlySpan<byte> yaml, string name)
    {
        var (line, column) = (1L, 1L);
        while (!yaml.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(yaml, out var rune, out var length) != System.Buffers.OperationStatus.Done)
            {
                throw new DriftException(ErrorCode.InvalidProject, $"{Position(name, line, column)}: This is not UTF-8.", "Save the file as UTF-8.");
            }
            yaml = yaml[length..];
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + 1);
        }
    }

    private YamlNode At(ParsingEvent part) => new(Position(_name, part.Start.Line, part.Start.Column));

    private static string Position(string name, long line, long column) => string.Create(CultureInfo.InvariantCulture, $"{name}:{line}:{column}");
}
