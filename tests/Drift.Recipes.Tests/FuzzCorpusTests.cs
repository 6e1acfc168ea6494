// SPDX-License-Identifier: Apache-2.0

using Drift.Fuzz;
using Drift.TestKit;

namespace Drift.Recipes.Tests;

/// <summary>Every input that ever failed, every hostile one that was thought of, and some thousand mutations of them.</summary>
public sealed class FuzzCorpusTests
{
    private const int Mutations = 1500;
    // For targets that compile regular expressions, or make whole images.
    private const int SlowMutations = 200;

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task The_corpus_and_mutations_of_it_are_dealt_with(string name)
    {
        var target = FuzzTargets.All.Single(target => target.Name == name);
        var corpus = new Corpus(ProjectRoot.Combine("tests", "Drift.Fuzz", "corpus")).Read(target);
        Assert.NotEmpty(corpus);
        var run = new FuzzRun(target);
        foreach (var (path, content) in corpus)
        {
            var (finding, _) = await run.RunAsync(content);
            Assert.True(finding is null, $"{Path.GetFileName(path)}: {finding?.Details}");
        }
        var mutator = new Mutator(target, corpus.Select(file => file.Content), seed: 1);
        for (var i = 0; i < (name is "layers" or "ignore" ? SlowMutations : Mutations); i++)
        {
            var (finding, _) = await run.RunAsync(mutator.Next());
            Assert.True(finding is null, $"Mutation {i}, {Convert.ToBase64String(finding?.Input ?? [])}: {finding?.Details}");
        }
    }

    [Fact]
    public async Task A_fault_is_found_and_made_small()
    {
        var target = new FaultyTarget();
        var run = new FuzzRun(target);
        var mutator = new Mutator(target, [new byte[2000]], seed: 1);
        for (var i = 0; i < 100_000; i++)
        {
            if ((await run.RunAsync(mutator.Next())).Finding is not { } finding) continue;
            Assert.Equal("key"u8.ToArray(), (await run.MinimiseAsync(finding)).Input);
            return;
        }
        Assert.Fail("Nothing was found.");
    }

    private sealed class FaultyTarget() : FuzzTarget("faulty")
    {
        public override IReadOnlyList<string> Tokens => ["key"];

        public override Task<string> RunAsync(byte[] input) => input.AsSpan().IndexOf("key"u8) >= 0 ? throw new KeyNotFoundException() : Task.FromResult("fine");
    }
}
