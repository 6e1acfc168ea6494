// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Server.Tests;

/// <summary>
/// The language of <c>server/http.grammar</c> as states, and the table that the server runs. The file itself describes its syntax.
/// </summary>
internal sealed class Grammar
{
    private const int Bytes = 256;
    private readonly Dictionary<string, bool[]> _sets = new(StringComparer.Ordinal)
    {
        ["SP"] = Of(' '), ["HTAB"] = Of('\t'), ["CR"] = Of('\r'), ["LF"] = Of('\n'),
    };

    private Grammar(string text)
    {
        foreach (var (line, number) in text.Split('\n').Select((line, index) => (line, index + 1)))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words[0])
            {
                case "set": _sets.Add(words[1], Read(words[2..], number)); break;
                case "state": States.Add(new GrammarState(words[1], words.Length > 2 ? words[2] : "none")); break;
                default: States[^1].Edges.Add((Read(words[..^1], number), words[^1])); break;
            }
        }
        foreach (var edge in States.SelectMany(state => state.Edges))
        {
            if (edge.Next != GrammarState.Stay && States.All(state => state.Name != edge.Next)) throw new FormatException($"There is no state {edge.Next}.");
        }
    }

    public List<GrammarState> States { get; } = [];

    /// <summary>The actions, of which 0 is none.</summary>
    public List<string> Actions => [.. new[] { "none", "bad" }.Concat(States.Select(state => state.Action)).Distinct()];

    public static Grammar Read(string path) => new(File.ReadAllText(path));

    private static bool[] Of(char c)
    {
        var set = new bool[Bytes];
        set[c] = true;
        return set;
    }

    private bool[] Read(string[] items, int line)
    {
        var set = new bool[Bytes];
        foreach (var item in items)
        {
            var isTaken = item.Length > 1 && item[0] == '-' && item != "-";
            var named = isTaken ? item[1..] : item;
            var bytes = _sets.TryGetValue(named, out var known) ? known : Range(named, line);
            for (var i = 0; i < Bytes; i++) if (bytes[i]) set[i] = !isTaken;
        }
        return set;
    }

    private static bool[] Range(string item, int line)
    {
        var (first, rest) = Byte(item, line);
        var last = first;
        if (rest.Length > 0)
        {
            if (rest[0] != '-') throw new FormatException($"Line {line}: {item} is neither bytes nor a set.");
            (last, rest) = Byte(rest[1..], line);
            if (rest.Length > 0) throw new FormatException($"Line {line}: {item} is no range.");
        }
        var set = new bool[Bytes];
        Array.Fill(set, true, first, last - first + 1);
        return set;
    }

    private static (int Value, string After) Byte(string text, int line)
    {
        if (text.Length == 0) throw new FormatException($"Line {line}: a byte is missing.");
        return text.StartsWith(@"\x", StringComparison.Ordinal)
            ? (int.Parse(text.AsSpan(2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture), text[4..])
            : (text[0], text[1..]);
    }
}
