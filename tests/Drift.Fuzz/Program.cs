// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Drift.Fuzz;

const string Usage = """
    Usage: dotnet run --project tests/Drift.Fuzz -c Release -- TARGET [--seconds N] [--seed S]
           dotnet run --project tests/Drift.Fuzz -c Release -- TARGET FILE|-

    The first mutates the target's corpus (tests/Drift.Fuzz/corpus/TARGET, from the project's folder) for N seconds [default: 60] and writes
    what fails beside it. The second runs one input, for example of another fuzzer; it ends with a crash when the input is not dealt with.
    """;

if (args.Length == 0 || FuzzTargets.All.FirstOrDefault(target => target.Name == args[0]) is not { } target)
{
    Console.Error.WriteLine(Usage);
    Console.Error.WriteLine($"Targets: {string.Join(", ", FuzzTargets.All.Select(target => target.Name))}");
    return 2;
}
if (args.Length == 2)
{
    using var input = new MemoryStream();
    await using (var stream = args[1] == "-" ? Console.OpenStandardInput() : File.OpenRead(args[1])) await stream.CopyToAsync(input);
    var (finding, outcome) = await new FuzzRun(target).RunAsync(input.ToArray());
    if (finding is not null) Environment.FailFast($"{finding.Kind}\n{finding.Details}");
    Console.WriteLine(outcome);
    return 0;
}
return await FuzzLoop.RunAsync(target, new Corpus(Path.Combine("tests", "Drift.Fuzz", "corpus")), Number("--seconds", 60), Number("--seed", 1));

int Number(string option, int fallback) =>
    Array.IndexOf(args, option) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : fallback;
