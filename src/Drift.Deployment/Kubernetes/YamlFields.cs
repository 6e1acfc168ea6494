// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Drift.Deployment;

/// <summary>
/// Finds the texts under some keys, anywhere in a file of YAML: in any document, list, map or custom resource. Nothing is expanded, so that
/// a file takes time and memory by its length alone.
/// </summary>
internal sealed class YamlFields
{
    // Schemas of custom resources are the deepest that there are, at about forty.
    private const int MaximumDepth = 200;
    private const int MaximumFields = 100_000;
    private readonly string _text;
    private readonly string _name;
    private readonly HashSet<string> _keys;
    private readonly Stack<Level> _levels = [];
    private readonly Dictionary<string, (string Value, bool IsField)> _anchors = new(StringComparer.Ordinal);
    private readonly List<YamlField> _fields = [];
    private int _maps;

    private YamlFields(string text, string name, IEnumerable<string> keys)
    {
        _text = text;
        _name = name;
        _keys = keys.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Finds the texts under these keys, in the order of the file. What is empty or null is no text.</summary>
    /// <param name="text">The file, without a byte order mark.</param>
    /// <param name="name">Its name, which stands in errors.</param>
    /// <param name="keys">The keys.</param>
    public static IReadOnlyList<YamlField> Read(string text, string name, params IEnumerable<string> keys)
    {
        var fields = new YamlFields(text, name, keys);
        var parser = new Parser(new StringReader(text));
        try
        {
            while (parser.MoveNext()) fields.Add(parser.Current!);
        }
        catch (YamlException e)
        {
            throw new DriftException(ErrorCode.InvalidObjects, $"{YamlField.At(name, e.Start.Line, e.Start.Column)}: This is not YAML: {e.Message}", "Correct the line; YAML is indented by spaces, never by tabs.", e);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or EndOfStreamException or OverflowException or FormatException)
        {
            // YamlDotNet's scanner trips over some escapes, tags and cut-off lists instead of telling what they are.
            var last = parser.Current?.End ?? Mark.Empty;
            throw new DriftException(ErrorCode.InvalidObjects, $"{YamlField.At(name, last.Line, last.Column)}: What follows here is not YAML.", "Correct the line, or put its text into single quotes.", e);
        }
        return fields._fields;
    }

    private void Add(ParsingEvent part)
    {
        switch (part)
        {
            case MappingStart:
                Enter(part, new Level { Map = ++_maps, IsMap = true });
                break;
            case SequenceStart:
                Enter(part, new Level());
                break;
            case MappingEnd or SequenceEnd:
                _levels.Pop();
                break;
            case DocumentStart:
                _anchors.Clear();
                break;
            case Scalar scalar:
                AddText(scalar);
                break;
            case AnchorAlias alias:
                AddAlias(alias);
                break;
        }
    }

    private void Enter(ParsingEvent part, Level level)
    {
        _ = TakeKey(null);
        if (_levels.Count == MaximumDepth) throw Error(part, $"This is deeper than {MaximumDepth} levels.", "Write less deep lists and maps.");
        _levels.Push(level);
    }

    private void AddText(Scalar scalar)
    {
        var key = TakeKey(scalar.Value);
        var isField = key is not null && _keys.Contains(key) && !IsNull(scalar);
        if (isField) Add(scalar, key!, scalar.Value, Find(scalar), scalar.Value.Length);
        if (!scalar.Anchor.IsEmpty) _anchors[scalar.Anchor.Value] = (IsNull(scalar) ? "" : scalar.Value, isField);
    }

    private void AddAlias(AnchorAlias alias)
    {
        var key = TakeKey(null);
        // An alias of a text that is such a field itself follows it.
        if (key is null || !_keys.Contains(key) || !_anchors.TryGetValue(alias.Value.Value, out var anchor) || anchor.IsField || anchor.Value.Length == 0) return;
        var written = "*" + alias.Value.Value;
        var start = (int)alias.Start.Index;
        var next = _text.AsSpan(Math.Min(_text.Length, start + written.Length)).TrimStart(" \t");
        // The parser takes an alias with a text behind it, which is no YAML, and where the alias's own text would run into the other.
        var isAlone = next.IsEmpty || ",}]#\r\n".Contains(next[0], StringComparison.Ordinal);
        if (!isAlone || string.CompareOrdinal(_text, start, written, 0, written.Length) != 0) throw Error(alias, "This alias is not where it should be.", "Write the text itself.");
        Add(alias, key, anchor.Value, start, written.Length);
    }

    private void Add(ParsingEvent part, string key, string value, int start, int length)
    {
        if (_fields.Count == MaximumFields) throw Error(part, $"There are more than {MaximumFields} such fields before this one.", "Write several files.");
        _fields.Add(new YamlField(_levels.Peek().Map, key, value, start, length, YamlField.At(_name, part.Start.Line, part.Start.Column)));
    }

    /// <summary>Says which key the next thing is under, or null; what is itself a key becomes that of what follows.</summary>
    private string? TakeKey(string? text)
    {
        if (!_levels.TryPeek(out var level) || !level.IsMap) return null;
        level.IsValue = !level.IsValue;
        if (!level.IsValue) return level.Key;
        level.Key = text;
        return null;
    }

    /// <summary>Where a text begins: its event begins with its anchor and tag.</summary>
    private int Find(Scalar scalar)
    {
        var quote = scalar.Style switch { ScalarStyle.SingleQuoted => "'", ScalarStyle.DoubleQuoted => "\"", _ => "" };
        var start = (int)scalar.End.Index - quote.Length - scalar.Value.Length;
        if (scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded || start - quote.Length < scalar.Start.Index
            || string.CompareOrdinal(_text, start - quote.Length, quote + scalar.Value + quote, 0, scalar.Value.Length + 2 * quote.Length) != 0)
        {
            throw Error(scalar, "This text is not written as it is read.", "Write it in one line, and without escapes.");
        }
        return start;
    }

    private static bool IsNull(Scalar scalar) => scalar.Value.Length == 0 || (scalar.Style == ScalarStyle.Plain && scalar.Value is "~" or "null" or "Null" or "NULL");

    private DriftException Error(ParsingEvent part, string problem, string hint) =>
        new(ErrorCode.InvalidObjects, $"{YamlField.At(_name, part.Start.Line, part.Start.Column)}: {problem}", hint);

    private sealed class Level
    {
        public int Map { get; init; }

        public bool IsMap { get; init; }

        public bool IsValue { get; set; }

        public string? Key { get; set; }
    }
}
