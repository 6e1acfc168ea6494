// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>A list that has an element, has each of several elements, or consists of them in any order. Every element of the list stands for one at most.</summary>
internal sealed class ListMatcher : Matcher
{
    // Each element is compared with each matcher.
    private const int MaximumElements = 100_000;
    private readonly IReadOnlyList<Matcher> _elements;
    private readonly Conversion? _conversion;
    private readonly string _name;
    private readonly string _message;

    private ListMatcher(string name, string message, IReadOnlyList<Matcher> elements, Conversion? conversion)
    {
        _name = name;
        _message = message;
        _elements = elements;
        _conversion = conversion;
    }

    public static ListMatcher Element(Matcher element) => new("contain-element", "to contain element matching", [element], Conversion.ToList);

    public static ListMatcher Elements(IReadOnlyList<Matcher> elements, Conversion? conversion = null) => new("contain-elements", "to contain elements matching", elements, conversion);

    public static ListMatcher Exactly(IReadOnlyList<Matcher> elements) => new("consist-of", "to consist of", elements, null);

    private bool IsExact => _name == "consist-of";

    private bool IsSingle => _name == "contain-element";

    public override bool Matches(JsonNode? actual)
    {
        var list = ListOf(actual);
        return Assign(list).All(index => index >= 0) && (!IsExact || list.Count == _elements.Count);
    }

    public override MatchFailure Explain(JsonNode? actual, bool negated = false)
    {
        var list = ListOf(actual);
        var failure = new MatchFailure(list, negated ? $"not {_message}" : _message, IsSingle ? _elements[0].Describe() : Describe(_ => true));
        if (!JsonNode.DeepEquals(list, actual)) failure = failure with { Conversion = _conversion, Raw = actual };
        if (negated || IsSingle) return failure;
        var assigned = Assign(list);
        var extra = new JsonArray([.. list.Where((_, index) => !assigned.Contains(index)).Select(element => element?.DeepClone())]);
        failure = failure with { Missing = Describe(index => assigned[index] < 0) };
        return IsExact ? failure with { Extra = extra } : failure with { Found = Describe(index => assigned[index] >= 0) };
    }

    public override JsonNode Describe() => new JsonObject { [_name] = IsSingle ? _elements[0].Describe() : Describe(_ => true) };

    private JsonArray Describe(Func<int, bool> chosen) => [.. _elements.Where((_, index) => chosen(index)).Select(element => element.Describe())];

    private JsonArray ListOf(JsonNode? actual)
    {
        var list = (_conversion is null ? actual : _conversion.Of(actual)) as JsonArray ?? throw new CheckException("the matcher expects a list");
        return list.Count <= MaximumElements ? list : throw new CheckException($"there are more than {MaximumElements} elements");
    }

    // As many matchers as possible get an element of their own: augmenting paths, one matcher after the other. -1 is none.
    private int[] Assign(JsonArray list)
    {
        var possible = _elements.Select(element => Enumerable.Range(0, list.Count).Where(index => IsMatch(element, list[index])).ToArray()).ToArray();
        var takenBy = new Dictionary<int, int>();
        for (var matcher = 0; matcher < _elements.Count; matcher++) Find(matcher, []);
        var assigned = Enumerable.Repeat(-1, _elements.Count).ToArray();
        foreach (var (index, matcher) in takenBy) assigned[matcher] = index;
        return assigned;

        bool Find(int matcher, HashSet<int> seen)
        {
            foreach (var index in possible[matcher])
            {
                if (!seen.Add(index) || (takenBy.TryGetValue(index, out var other) && !Find(other, seen))) continue;
                takenBy[index] = matcher;
                return true;
            }
            return false;
        }
    }

    private static bool IsMatch(Matcher matcher, JsonNode? element)
    {
        try
        {
            return matcher.Matches(element);
        }
        catch (CheckException)
        {
            return false;
        }
    }
}
