// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Fuzz;

/// <summary>Runs a target on its corpus, then on mutations of it for some time, and writes down what it does not deal with.</summary>
internal static class FuzzLoop
{
    private const int MaximumLearned = 2000;
    private const int MaximumFindings = 10;
    // For one input, of at most 64 KiB.
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);

    /// <returns>0 when nothing was found, else 1.</returns>
    public static async Task<int> RunAsync(FuzzTarget target, Corpus corpus, int seconds, int seed)
    {
        var run = new FuzzRun(target);
        var seeds = corpus.Read(target).Select(file => file.Content).ToArray();
        var mutator = new Mutator(target, seeds, seed);
        var outcomes = new HashSet<string>(StringComparer.Ordinal);
        var findings = new HashSet<string>(StringComparer.Ordinal);
        byte[] current = [];
        long count = 0, watched = -1;
        // What hangs cannot be stopped; it is written down, and the process ends.
        using var watchdog = new Timer(_ =>
        {
            if (watched == Interlocked.Read(ref count))
            {
                Console.Error.WriteLine($"{target.Name}: an input takes longer than {Hang.TotalSeconds} s: {corpus.Add(target, current)}");
                Environment.Exit(1);
            }
            watched = Interlocked.Read(ref count);
        }, null, Hang, Hang);

        var started = TimeProvider.System.GetTimestamp();
        while (findings.Count < MaximumFindings && (count < seeds.Length || TimeProvider.System.GetElapsedTime(started).TotalSeconds < seconds))
        {
            current = count < seeds.Length ? seeds[count] : mutator.Next();
            Interlocked.Increment(ref count);
            var (finding, outcome) = await run.RunAsync(current);
            if (finding is not null && findings.Add(finding.Kind))
            {
                watchdog.Change(Timeout.Infinite, Timeout.Infinite);
                finding = await run.MinimiseAsync(finding);
                var path = corpus.Add(target, finding.Input);
                Console.Error.WriteLine($"{target.Name}: {finding.Details}\nReplay it with: dotnet run --project tests/Drift.Fuzz -c Release -- {target.Name} {Path.GetRelativePath(".", path)}\n");
                watchdog.Change(Hang, Hang);
            }
            if (outcome is not null && outcomes.Count < MaximumLearned && outcomes.Add(outcome)) mutator.Learn(current);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name}: {count} inputs in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s, {outcomes.Count} different outcomes, {findings.Count} findings (seed {seed})"));
        return findings.Count == 0 ? 0 : 1;
    }
}
