// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Distribution;

namespace Drift.Cli;

/// <summary>What a command uses of the outside: where it prints, and the environment.</summary>
internal sealed record CliHost(TextWriter Output, TextWriter Error)
{
    private RegistryClient? _registries;

    /// <summary>Reads an environment variable; an empty one counts as absent.</summary>
    public Func<string, string?> Variable { get; init; } = static name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>The client that a command line's options ask for; one for the whole process.</summary>
    public RegistryClient Registries(ParseResult result) => _registries ??= RegistrySettings.Create(result, this, CredentialSettings.All(this));

    /// <summary>Shows how far blobs have come, as a command line's options ask for.</summary>
    public ProgressPrinter Progress(ParseResult result)
    {
        var isShown = !Console.IsErrorRedirected && !result.GetValue(CommonOptions.Json) && !result.GetValue(CommonOptions.Quiet) && Variable("TERM") is not (null or "dumb");
        return new ProgressPrinter(Error, result.GetValue(CommonOptions.Progress) ?? (isShown ? ProgressMode.Bars : ProgressMode.None));
    }

    /// <summary>The printer that a command line's options ask for.</summary>
    public Printer Printer(ParseResult result) => new(this, json: result.GetValue(CommonOptions.Json), quiet: result.GetValue(CommonOptions.Quiet));
}
