// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Drift.Recipes;

namespace Drift.Cli;

/// <summary>The folder to build and how: what <c>up</c> and <c>build</c> take alike.</summary>
internal sealed class RecipeChoice
{
    private readonly Argument<string?> _directory = CommonOptions.Directory();
    private readonly Option<string?> _base = new("--base")
    {
        Description = "The base of a .NET app or a project of files: a reference, oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, docker-daemon:NAME, containers-storage:NAME, or scratch [default: Microsoft's image, or none]",
        HelpName = "REF",
    };
    private readonly Option<bool> _noSymbols = new("--no-symbols") { Description = "Leave out what only debuggers of a .NET app read (*.pdb, *.dbg)" };

    private readonly Option<bool> _git = new("--git") { Description = "Add annotations of the Git commit: revision, source, and version where a tag names it" };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_directory);
        command.Options.Add(_base);
        command.Options.Add(_noSymbols);
        command.Options.Add(_git);
    }

    /// <summary>The folder, as it was named.</summary>
    public string Directory(ParseResult result, CliHost host) => result.GetValue(_directory) ?? host.Variable("DRIFT_DIR") ?? ".";

    /// <summary>The recipe for the folder.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="host">The environment.</param>
    /// <param name="bases">Opens base images.</param>
    /// <param name="git">Whether annotations of the commit are added without being asked for.</param>
    public Recipe Of(ParseResult result, CliHost host, BaseImages bases, bool git = false) =>
        Recipe.Detect(Directory(result, host), new RecipeOptions
        {
            Base = result.GetValue(_base),
            OpenBase = bases.OpenAsync,
            LeaveOutSymbols = result.GetValue(_noSymbols),
            Git = git || result.GetValue(_git),
        });
}
