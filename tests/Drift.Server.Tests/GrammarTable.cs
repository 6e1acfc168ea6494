// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;

namespace Drift.Server.Tests;

/// <summary>The grammar as assembly data: <c>server/include/http_table.S</c>, <c>http_states.inc</c> and <c>http_actions.inc</c>.</summary>
internal sealed class GrammarTable
{
    private const string Header = "// SPDX-License-Identifier: Apache-2.0\n// Made from ../http.grammar by GrammarTable.cs: change that file instead.\n\n";
    private const int StateUnit = 4;
    private const byte Last = 0x80;
    private readonly Grammar _grammar;
    private readonly List<bool[]> _sets = [];
    private readonly int[] _classes = new int[256];
    private readonly Dictionary<string, int> _places = [];
    private readonly List<(GrammarState State, byte[] Record)> _records = [];

    public GrammarTable(Grammar grammar)
    {
        _grammar = grammar;
        Collect();
        Classify();
        Place();
    }

    /// <summary>Classes of bytes, sets of classes and states.</summary>
    public string Table
    {
        get
        {
            var text = new StringBuilder(Header);
            text.Append("                .section .rodata.http, \"a\"\n                .globl  http_table\n\n// The class of each byte value.\n                .balign 8\nhttp_table:\n");
            for (var row = 0; row < 256; row += 16) Append(text, "byte", _classes.Skip(row).Take(16).Select(c => c.ToString(CultureInfo.InvariantCulture)));
            text.Append("\n// Sets, a bit for each class.\n");
            foreach (var set in _sets) Append(text, "quad", [$"0x{Mask(set):x}"]);
            text.Append("\n// States: action, set that stays, then sets and the states that they lead to; the last set has 0x80 added.\n");
            foreach (var (state, record) in _records) Append(text, "byte", record.Select(b => b.ToString(CultureInfo.InvariantCulture)), state.Name);
            return text.Append("\n                .section .note.GNU-stack, \"\", %progbits\n").ToString();
        }
    }

    /// <summary>Where sets and states begin; the number of each state, and its offset in the table.</summary>
    public string States
    {
        get
        {
            var text = new StringBuilder(Header);
            text.Append(CultureInfo.InvariantCulture, $".set HTTP_SETS, 256\n.set HTTP_STATES, {256 + 8 * _sets.Count}\n");
            foreach (var (state, _) in _records)
            {
                var name = state.Name.ToUpperInvariant();
                text.Append(CultureInfo.InvariantCulture, $".set STATE_{name}, {_places[state.Name]}\n.set AT_{name}, {256 + 8 * _sets.Count + StateUnit * _places[state.Name]}\n");
            }
            return text.ToString();
        }
    }

    /// <summary>How far the label of each action is from the first one's.</summary>
    public string Actions
    {
        get
        {
            var text = new StringBuilder(Header);
            foreach (var action in _grammar.Actions) text.Append(CultureInfo.InvariantCulture, $"                .short  .Ldo_{action} - .Ldo_none\n");
            return text.ToString();
        }
    }

    private static void Append(StringBuilder text, string directive, IEnumerable<string> values, string? name = null)
    {
        var line = $"                .{directive,-6} {string.Join(", ", values)}";
        text.Append(name is null ? line : $"{line,-63} // {name}").Append('\n');
    }

    // Set 0 is empty. Sets of the core come first, since states do.
    private void Collect()
    {
        _sets.Add(new bool[256]);
        foreach (var edge in _grammar.States.SelectMany(state => state.Edges)) SetOf(edge.Bytes);
    }

    private int SetOf(bool[] bytes)
    {
        var index = _sets.FindIndex(set => set.SequenceEqual(bytes));
        if (index >= 0) return index;
        _sets.Add(bytes);
        return _sets.Count - 1;
    }

    // Two bytes are of one class when every set has both or neither.
    private void Classify()
    {
        var numbers = new Dictionary<string, int>();
        for (var b = 0; b < 256; b++)
        {
            var key = string.Concat(_sets.Select(set => set[b] ? '1' : '0'));
            if (!numbers.TryGetValue(key, out var number)) numbers.Add(key, number = numbers.Count);
            _classes[b] = number;
        }
        if (numbers.Count > 64) throw new FormatException($"The grammar tells {numbers.Count} classes of bytes; a mask has 64 bits.");
    }

    private ulong Mask(bool[] set)
    {
        var mask = 0UL;
        for (var b = 0; b < 256; b++) if (set[b]) mask |= 1UL << _classes[b];
        return mask;
    }

    private void Place()
    {
        var offset = StateUnit; // Number 0 is the state of what the grammar does not have.
        foreach (var state in _grammar.States)
        {
            _places.Add(state.Name, offset / StateUnit);
            offset += (2 + 2 * Math.Max(1, state.Edges.Count(edge => edge.Next != GrammarState.Stay)) + StateUnit - 1) / StateUnit * StateUnit;
        }
        if (_sets.Count >= Last) throw new FormatException("There are too many sets.");
        if (offset > 256 * StateUnit) throw new FormatException($"The states take {offset} bytes; a state's number is a byte.");
        _records.Add((new GrammarState("bad", "bad"), [(byte)_grammar.Actions.IndexOf("bad"), 0, Last, 0]));
        foreach (var state in _grammar.States)
        {
            var stay = state.Edges.Where(edge => edge.Next == GrammarState.Stay).Select(edge => SetOf(edge.Bytes)).SingleOrDefault();
            List<byte> record = [(byte)_grammar.Actions.IndexOf(state.Action), (byte)stay];
            foreach (var (bytes, next) in state.Edges.Where(edge => edge.Next != GrammarState.Stay)) record.AddRange([(byte)SetOf(bytes), (byte)_places[next]]);
            if (record.Count == 2) record.AddRange([0, 0]);
            record[^2] |= Last;
            while (record.Count % StateUnit != 0) record.Add(0);
            _records.Add((state, [.. record]));
        }
        _places["bad"] = 0;
    }
}
