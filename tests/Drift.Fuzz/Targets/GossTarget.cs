// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using Drift.Machines;

namespace Drift.Fuzz;

/// <summary>A goss file, and its matchers on a few values.</summary>
internal sealed class GossTarget() : FuzzTarget("goss")
{
    private static readonly JsonNode?[] Values = [null, true, 42, "42", "a\nb\n", new JsonArray("a", "b", 1)];

    public override IReadOnlyList<string> Tokens =>
    [
        "\n", "  ", "- ", ": ", "[", "]", "{", "}", ",", "'", "\"", "file:\n", "  /a: ", "exists: true", "mode: '0644'", "contents: ['/a+/', '!b']", "command:\n", "exit-status: 0", "timeout: 10", "stdout: ''", "package:\n",
        "installed: { not: false }", "matching:\n", "content: [a, b]", "matches: ", "{ and: [ { gt: 1 }, { le: 2 } ] }", "{ consist-of: [a, { have-prefix: b }] }", "{ contain-element: x }", "{ match-regexp: '^(a|[[:alpha:]]\\d{2,3})$' }",
        "{ semver-constraint: '>=1.2.3 || <2.0.0' }", "{ have-len: 3 }", "{ have-patterns: [x] }", "as-reader: true", "meta: { a: 1 }", "title: t", "skip: true", "gossfile: { x.yaml: {} }", "0644", "1e9", "~", "(?P<n>x)", "[^]]", "\\p{L}", "$", "*", "{{",
    ];

    public override Task<string> RunAsync(byte[] input)
    {
        var checks = GossFile.Parse(input, "/nowhere/goss.yaml");
        var matches = checks.SelectMany(check => check.Expectations).Take(100).SelectMany(expectation => Values.Select(value => Compared(expectation.Matcher, value)));
        return Task.FromResult($"{checks.Count > 1} {checks[0].Kind.Key} {string.Concat(matches.Distinct().Order())}");
    }

    // What does not match can be explained, too.
    private static char Compared(Matcher matcher, JsonNode? value)
    {
        try
        {
            if (matcher.Matches(value)) return 'y';
            _ = matcher.Explain(value);
            _ = matcher.Describe();
            return 'n';
        }
        catch (CheckException)
        {
            return 'e';
        }
    }
}
