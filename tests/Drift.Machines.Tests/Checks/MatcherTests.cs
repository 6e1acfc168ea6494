// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Machines.Tests;

/// <summary>What matches, and what is said of what does not: the words and forms are goss's, whose own examples say the same.</summary>
public sealed class MatcherTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("'42'", "42")]
    [InlineData("42", "'42'")]
    [InlineData("42", "42.0")]
    [InlineData("' 7\n'", "{ lt: 8 }")]
    [InlineData("true", "true")]
    [InlineData("[a, b, c]", "[c, a]")]
    [InlineData("[a, b]", "{ equal: [a, b] }")]
    [InlineData("[a, b]", "{ consist-of: [b, a] }")]
    [InlineData("[ab, ac]", "{ consist-of: [ { have-prefix: a }, ab ] }")]
    [InlineData("[a, b]", "{ not: { contain-element: c } }")]
    [InlineData("abc", "{ and: [ { have-prefix: a }, { have-suffix: c }, { contain-substring: b }, { match-regexp: '^a.c$' }, { have-len: 3 } ] }")]
    [InlineData("5", "{ or: [ { gt: 9 }, { le: 5 } ] }")]
    [InlineData("['1.4.0', '1.9.9']", "{ semver-constraint: '>=1.2.0 <2.0.0 !=1.5.0' }")]
    [InlineData("'3.0.0'", "{ semver-constraint: '< 1.0.0 || 3.0.0' }")]
    [InlineData("\"one\\ntwo\"", "{ have-patterns: [one, '/^t/', '!three', '!/^x/', \"\\\\!no\" ] }", false)]
    [InlineData("[a]", "[a, a]", false)]
    [InlineData("[a, b, c]", "{ consist-of: [a, b] }", false)]
    [InlineData("abc", "{ match-regexp: '^b' }", false)]
    [InlineData("x", "{ gt: 1 }", false)]
    public async Task Value_matches_or_does_not(string content, string matches, bool isExpected = true)
    {
        var report = await RunAsync($"matching: {{ it: {{ content: {content}, matches: {matches} }} }}");
        Assert.Equal(isExpected, report.IsPassed);
    }

    [Theory]
    [InlineData("foo", "{ have-prefix: g }", "\"foo\"|to have prefix|\"g\"")]
    [InlineData("42", "43", "42|to be numerically eq|43")]
    [InlineData("42", "{ not: { and: [42, 42] } }", "42|not to satisfy all of these matchers|[{\"eq\":42},{\"eq\":42}]")]
    [InlineData("[x, y]", "[x, x, z]", "[\"x\",\"y\"]|to contain elements matching|[\"x\",\"x\",\"z\"]|the missing elements were|[\"x\",\"z\"]")]
    [InlineData("[x, y]", "{ consist-of: [x, { have-suffix: q }] }", "[\"x\",\"y\"]|to consist of|[\"x\",{\"have-suffix\":\"q\"}]|the missing elements were|[{\"have-suffix\":\"q\"}]|the extra elements were|[\"y\"]")]
    [InlineData("[x]", "{ not: { contain-element: x } }", "[\"x\"]|not to contain element matching|\"x\"")]
    [InlineData("x", "{ or: [ { have-len: 2 }, { not: x } ] }", "\"x\"|to satisfy at least one of these matchers|[{\"have-len\":2},{\"not\":\"x\"}]")]
    [InlineData("'12'", "{ gt: 20 }", "12|to be numerically gt|20|the transform chain was|[{\"to-numeric\":{}}]|the raw value was|\"12\"")]
    [InlineData("12", "'13'", "\"12\"|to equal|\"13\"|the transform chain was|[{\"to-string\":{}}]|the raw value was|12")]
    public async Task Failure_is_told_as_goss_does(string content, string matches, string words)
    {
        var result = Assert.Single((await RunAsync($"matching: {{ it: {{ content: {content}, matches: {matches} }} }}")).Results);
        var parts = words.Split('|').Select((part, index) => part.StartsWith("the ", StringComparison.Ordinal) || index == 1 ? part : "    " + part);
        Assert.Equal($"Matching: it: matches:\nExpected\n{string.Join('\n', parts)}", CheckText.Of(result, compact: false));
        Assert.Equal($"Matching: it: matches: Expected {words.Replace('|', ' ')}", CheckText.Of(result, compact: true));
    }

    [Fact]
    public async Task Lines_of_a_text_are_matched_by_patterns()
    {
        var report = await RunAsync("""
            matching:
              passes: { as-reader: true, content: "foo bar\nmoo cow\n!odd\n", matches: ['bar', '/^m.*w$/', '!ftw', '!/^ERROR/', '\!odd', '' ] }
              fails: { as-reader: true, content: "foo bar\nmoo cow\n", matches: [ox, '/^t.*w$/', '!foo', moo] }
              empty: { as-reader: true, content: "", matches: [''] }
            """);
        Assert.Equal([CheckOutcome.Passed, CheckOutcome.Failed, CheckOutcome.Passed], report.Results.Select(result => result.Outcome));
        Assert.EndsWith("the missing elements were\n    [\"ox\",\"/^t.*w$/\",\"!foo\"]", CheckText.Of(report.Results.ElementAt(1), compact: false), StringComparison.Ordinal);
    }

    private Task<CheckReport> RunAsync(string goss) =>
        new CheckRun(new FolderMachine(_folder.Path)).EvaluateAsync(GossFile.Read(_folder.Write("goss.yaml", goss)), TestContext.Current.CancellationToken);
}
