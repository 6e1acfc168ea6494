// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>On whose behalf a request comes, and what that one may do.</summary>
internal sealed class Principal
{
    /// <summary>Whoever asks a registry that asks nobody for a password.</summary>
    public static readonly Principal Everyone = new(null, null);

    private readonly IReadOnlyList<AccessRule>? _rules;

    /// <param name="user">The name; null for one who has not logged in.</param>
    /// <param name="rules">The rules in order; null where there are none, and everything is allowed.</param>
    public Principal(string? user, IReadOnlyList<AccessRule>? rules)
    {
        User = user;
        _rules = rules?.Where(rule => rule.IsFor(user)).ToArray();
    }

    /// <summary>The name; null for one who has not logged in.</summary>
    public string? User { get; }

    /// <summary>Whether it came with a token of one who has not logged in.</summary>
    public bool HasToken { get; init; }

    /// <summary>Whether nothing is forbidden to anyone.</summary>
    public bool IsUnrestricted => _rules is null;

    /// <summary>Whether there is a rule for this one at all.</summary>
    public bool HasRules => _rules is not { Count: 0 };

    /// <summary>Whether something may be done with a repository.</summary>
    public bool May(RepositoryActions actions, string repository) =>
        _rules is null || ((_rules.FirstOrDefault(rule => rule.Repositories.Matches(repository))?.Allow ?? RepositoryActions.None) & actions) == actions;
}
