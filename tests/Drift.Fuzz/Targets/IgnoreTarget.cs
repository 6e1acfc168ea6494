// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Drift.Oci;

namespace Drift.Fuzz;

/// <summary><c>.dockerignore</c>, and what its rules say of some paths.</summary>
internal sealed class IgnoreTarget() : FuzzTarget("ignore")
{
    private static readonly string[] Paths = ["a", "a/b", "a/b/c.txt", ".git/config", "node_modules/x/y.js", "a b", "é/x", "[a]", new string('a', 300), string.Join('/', Enumerable.Repeat("a", 60))];

    public override IReadOnlyList<string> Tokens => ["\n", "!", "#", "*", "**", "**/", "/**", "?", "[", "]", "[a-z]", "[^a]", "[!a]", "\\", "/", ".", "..", "a", "\\p{L}", "[\\d]", "(", ")", "{2}", "$", "^", "|", "+", "é", "\ufeff", "\r", "[z-a]", "[a-\\]"];

    public override Task<string> RunAsync(byte[] input)
    {
        var rules = DockerIgnore.Parse(Encoding.UTF8.GetString(input));
        return Task.FromResult(string.Concat(Paths.Select(path => rules.IsExcluded(path) ? 'x' : '-')));
    }
}
