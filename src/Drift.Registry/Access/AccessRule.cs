// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>What some users may do with some repositories. Of several rules the first one that is for the repository and the user decides.</summary>
public sealed record AccessRule
{
    /// <summary>In <see cref="Users"/>: everyone, with or without a log-in.</summary>
    public const string Anonymous = "anonymous";

    /// <summary>In <see cref="Users"/>: everyone who has logged in.</summary>
    public const string AnyUser = "*";

    /// <summary>The repositories.</summary>
    public required RepositoryPattern Repositories { get; init; }

    /// <summary>Names of users, <see cref="AnyUser"/> and <see cref="Anonymous"/>.</summary>
    public required IReadOnlyList<string> Users { get; init; }

    /// <summary>What they may do.</summary>
    public required RepositoryActions Allow { get; init; }

    /// <summary>Whether the rule is for a user; null is one who has not logged in.</summary>
    internal bool IsFor(string? user) => Users.Contains(Anonymous, StringComparer.Ordinal)
        || (user is not null && (Users.Contains(AnyUser, StringComparer.Ordinal) || Users.Contains(user, StringComparer.Ordinal)));
}
