// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.Recipes;
using Drift.Registry;

namespace Drift.Cli;

/// <summary>The file of <c>drift registry serve --rules</c>: a list in YAML, or JSON, of who may do what with which repositories.</summary>
internal static class AccessRulesFile
{
    private static readonly Dictionary<string, RepositoryActions> Actions = new(StringComparer.Ordinal)
    {
        ["pull"] = RepositoryActions.Pull,
        ["push"] = RepositoryActions.Push,
        ["delete"] = RepositoryActions.Delete,
    };

    // Nothing is for nobody until a key says otherwise.
    private static readonly AccessRule Empty = new() { Repositories = RepositoryPattern.Any, Users = [], Allow = RepositoryActions.None };

    private static readonly ListShape<AccessRule> Rules = new(new ObjectShape<AccessRule>(Empty)
    {
        { "repositories", "A pattern of names.", new TextShape<RepositoryPattern>("a pattern of repositories", "Write team/app, team/* for those right below team, team/** for all below it, or ** for all.", RepositoryPattern.TryParse), static (rule, value) => rule with { Repositories = value } },
        { "users", "Names of users.", new ListShape<string>(new TextShape<string>("a user", "Write a name of the --htpasswd file, '*' for all of them, or anonymous for everyone.", TryParseUser)), static (rule, value) => rule with { Users = value } },
        { "allow", "What they may do.", new ListShape<RepositoryActions>(new TextShape<RepositoryActions>("an action", "Write pull, push or delete.", Actions.TryGetValue) { Names = [.. Actions.Keys] }), static (rule, value) => rule with { Allow = value.Aggregate(RepositoryActions.None, static (all, one) => all | one) } },
    }.Completed(static (rule, node) => node.Entries!.Count == 3 ? rule : throw node.Error("A rule has repositories, users and allow.", "Write all three; allow: [] forbids everything.")));

    /// <summary>Reads the rules, in their order.</summary>
    /// <exception cref="DriftException">The file is not what it should be, or cannot be read.</exception>
    public static IReadOnlyList<AccessRule> Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > YamlDocument.MaximumSize) throw new DriftException(ErrorCode.InvalidProject, $"{path} is larger than {YamlDocument.MaximumSize} bytes.", "Write patterns that stand for many repositories.");
            return Rules.Read(YamlDocument.Parse(File.ReadAllBytes(path), path));
        }
        catch (FileNotFoundException e)
        {
            throw new DriftException(ErrorCode.SourceNotFound, $"There is no {path}.", "Name a file of rules with --rules.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriftException(ErrorCode.FileSystem, $"{path} cannot be read: {e.Message}", "Let this user read the file.", e);
        }
    }

    private static bool TryParseUser(string text, out string user)
    {
        user = text;
        return text.Length is > 0 and <= 255 && !text.Contains(':', StringComparison.Ordinal) && !text.Any(char.IsControl);
    }
}
