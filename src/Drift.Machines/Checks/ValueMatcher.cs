// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>A matcher that compares with one value: the same, larger, a prefix, a pattern, a length.</summary>
internal sealed class ValueMatcher : Matcher
{
    private readonly Conversion? _conversion;
    private readonly string? _name;
    private readonly string _message;
    private readonly JsonNode? _expected;
    private readonly Func<JsonNode?, bool> _test;

    private ValueMatcher(string? name, string message, JsonNode? expected, Conversion? conversion, Func<JsonNode?, bool> test)
    {
        _name = name;
        _message = message;
        _expected = expected;
        _conversion = conversion;
        _test = test;
    }

    public static ValueMatcher Equal(JsonNode? expected, Conversion? conversion = null) =>
        new(null, "to equal", expected, conversion, actual => JsonNode.DeepEquals(actual, expected));

    public static ValueMatcher Text(string name, string message, string expected, Func<string, string, bool> test) =>
        new(name, message, expected, Conversion.ToText, actual => test(actual!.GetValue<string>(), expected));

    public static ValueMatcher Pattern(string pattern)
    {
        var expression = GoPattern.Compile(pattern);
        return Text("match-regexp", "to match regular expression", pattern, (actual, _) => expression.IsMatch(actual));
    }

    public static ValueMatcher Number(string name, JsonNode expected, Func<int, bool> test)
    {
        var wanted = Convert(expected);
        return new ValueMatcher(name, $"to be numerically {name}", expected, Conversion.ToNumber, actual => test(Convert(actual!).CompareTo(wanted)));
    }

    public static ValueMatcher Length(int length) =>
        new("have-len", "to have length", JsonValue.Create(length), null, actual => length == actual?.GetValueKind() switch
        {
            JsonValueKind.String => Encoding.UTF8.GetByteCount(actual.GetValue<string>()),
            JsonValueKind.Array => actual.AsArray().Count,
            _ => throw new CheckException("HaveLen matcher expects a string/array"),
        });

    public override bool Matches(JsonNode? actual) => _test(_conversion is null ? actual : _conversion.Of(actual));

    public override MatchFailure Explain(JsonNode? actual, bool negated = false)
    {
        var compared = _conversion is null ? actual : _conversion.Of(actual);
        var failure = new MatchFailure(compared, negated ? $"not {_message}" : _message, _expected);
        return JsonNode.DeepEquals(compared, actual) ? failure : failure with { Conversion = _conversion, Raw = actual };
    }

    public override JsonNode? Describe() => _name is null ? _expected?.DeepClone() : new JsonObject { [_name] = _expected?.DeepClone() };

    private static double Convert(JsonNode number) => double.Parse(number.ToJsonString(), CultureInfo.InvariantCulture);
}
