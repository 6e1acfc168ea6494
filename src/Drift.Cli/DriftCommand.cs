// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Drift.Oci;

namespace Drift.Cli;

/// <summary>The command line <c>drift</c>: its commands, its errors and its exit codes.</summary>
internal sealed class DriftCommand : RootCommand
{
    private static readonly (string Name, Func<CliHost, Command> Create)[] All =
    [
        ("up", static host => new UpCommand(host)),
        ("build", static host => new BuildCommand(host)),
        ("run", static host => new RunCommand(host)),
        ("push", static host => new PushCommand(host)),
        ("pull", static host => new PullCommand(host)),
        ("inspect", static host => new InspectCommand(host)),
        ("diff", static host => new DiffCommand(host)),
        ("validate", static host => new ValidateCommand(host)),
        ("append", static host => new AppendCommand(host)),
        ("mutate", static host => new MutateCommand(host)),
        ("rebase", static host => new RebaseCommand(host)),
        ("flatten", static host => new FlattenCommand(host)),
        ("copy", static host => new CopyCommand(host)),
        ("sync", static host => new SyncCommand(host)),
        ("tags", static host => new TagsCommand(host)),
        ("tag", static host => new TagCommand(host)),
        ("delete", static host => new DeleteCommand(host)),
        ("referrers", static host => new ReferrersCommand(host)),
        ("artifact", static host => new ArtifactCommand(host)),
        ("resolve", static host => new ResolveCommand(host)),
        ("deploy", static host => new DeployCommand(host)),
        ("rollback", static host => new RollbackCommand(host)),
        ("status", static host => new StatusCommand(host)),
        ("logs", static host => new LogsCommand(host)),
        ("release", static host => new ReleaseCommand(host)),
        ("prune", static host => new PruneCommand(host)),
        ("gc", static host => new GcCommand(host)),
        ("login", static host => new LoginCommand(host)),
        ("logout", static host => new LogoutCommand(host)),
        ("doctor", static host => new DoctorCommand(host)),
        ("schema", static host => new SchemaCommand(host)),
        ("completion", static host => new CompletionCommand(host)),
        ("registry", static host => new RegistryCommand(host)),
        ("machine", static host => new MachineCommand(host)),
    ];

    /// <param name="host">What the commands use of the outside.</param>
    /// <param name="name">The only command that is needed; anything else for all of them. Making them takes longer than what some do.</param>
    private DriftCommand(CliHost host, string? name)
        : base("Takes a service from source to a tiny multi-platform container image, to a registry, to running. No Docker daemon is needed to build or push.")
    {
        Options.Add(CommonOptions.Json);
        Options.Add(CommonOptions.Quiet);
        Options.Add(CommonOptions.Progress);
        RegistrySettings.AddTo(this);
        // Both could be paths.
        var help = Options.OfType<HelpOption>().Single();
        help.Aliases.Remove("/?");
        help.Aliases.Remove("/h");
        var named = Array.FindAll(All, command => command.Name == name);
        foreach (var (_, create) in named.Length > 0 ? named : All) Subcommands.Add(create(host));
    }

    /// <summary>Runs one command line and returns the process's exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments, CliHost host)
    {
        // Asked for at every start of every script: answered before anything is loaded for it.
        if (arguments is ["--version"])
        {
            host.Output.WriteLine("drift " + typeof(DriftCommand).Assembly.GetName().Version!.ToString(3));
            return ExitCodes.Ok;
        }

        var result = new DriftCommand(host, arguments.FirstOrDefault()).Parse(arguments);
        var printer = host.Printer(result);
        if (result.Errors.Count > 0 && result.Action is not HelpAction)
        {
            var command = string.Join(' ', Path(result.CommandResult));
            if (result.UnmatchedTokens.Count == 0 && result.CommandResult.Command.Subcommands.Count > 0)
            {
                // A command that only groups others was named alone: what it has is the answer.
                await result.CommandResult.Command.Parse("--help").InvokeAsync(new InvocationConfiguration { Output = host.Error }).ConfigureAwait(false);
                return ExitCodes.Usage;
            }
            var problem = result.UnmatchedTokens is [var unknown, ..] ? $"{command} does not know '{unknown}'." : string.Join(' ', result.Errors.Select(error => error.Message));
            printer.Error("usage", problem, $"Run {command} --help to see what it takes.");
            return ExitCodes.Usage;
        }
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            // The library would listen for signals only once a command waits for something.
            return await result.InvokeAsync(new InvocationConfiguration
            {
                Output = host.Output,
                Error = host.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            }, stop.Token).ConfigureAwait(false);
        }
        catch (DriftException e)
        {
            printer.Error(e);
            return ExitCodes.Of(e.Code);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that fails, or a file that vanishes, at a moment of which nothing better can be said.
            printer.Error($"DRIFT{(int)ErrorCode.FileSystem}", e.Message, "Check the files, the permissions and the free space.");
            return ExitCodes.Of(ErrorCode.FileSystem);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            printer.Error("bug", $"Drift itself failed: {e}", "Report it with this text at https://github.com/drift-images/drift/issues.");
            return ExitCodes.Bug;
        }

        // The first one asks the command to clean up and end, however long that takes; the second one ends it.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    private static IEnumerable<string> Path(CommandResult command) =>
        (command.Parent is CommandResult parent ? Path(parent) : []).Append(command.Parent is null ? "drift" : command.Command.Name);
}
