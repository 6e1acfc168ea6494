// SPDX-License-Identifier: Apache-2.0

namespace Drift.Server.Tests;

/// <summary>The table that both architectures run is what the grammar says.</summary>
public sealed class GrammarTests
{
    [Theory]
    [InlineData("http_table.S")]
    [InlineData("http_states.inc")]
    [InlineData("http_actions.inc")]
    public async Task The_table_is_what_the_grammar_makes(string file)
    {
        var table = new GrammarTable(Grammar.Read(Path.Combine(RepositoryRoot.Path, "server", "http.grammar")));
        var made = file switch { "http_table.S" => table.Table, "http_states.inc" => table.States, _ => table.Actions };

        // For whoever changed the grammar: copy these to server/include.
        await File.WriteAllTextAsync(Path.Combine(AppContext.BaseDirectory, file), made, TestContext.Current.CancellationToken);

        Assert.Equal(made, await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "server/include", file), TestContext.Current.CancellationToken));
    }
}
