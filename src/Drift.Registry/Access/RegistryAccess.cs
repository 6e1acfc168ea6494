// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>Who may do what. Users log in by HTTP Basic authentication.</summary>
public sealed record RegistryAccess
{
    private static readonly AccessRule[] Everything = [new() { Repositories = RepositoryPattern.Any, Users = [AccessRule.AnyUser], Allow = RepositoryActions.All }];

    private static readonly AccessRule[] Reading = [.. Everything, new() { Repositories = RepositoryPattern.Any, Users = [AccessRule.Anonymous], Allow = RepositoryActions.Pull }];

    /// <summary>The users and their passwords; see <see cref="HtpasswdFile"/>. It is read again when it changes.</summary>
    public required string PasswordFile { get; init; }

    /// <summary>The rules, of which the first that fits decides; what none fits is denied.</summary>
    public IReadOnlyList<AccessRule> Rules { get; init; } = Everything;

    /// <summary>The rules of a registry whose users may do everything, and all others nothing.</summary>
    public static IReadOnlyList<AccessRule> UsersOnly => Everything;

    /// <summary>The rules of a registry whose users may do everything, and all others read.</summary>
    public static IReadOnlyList<AccessRule> AnonymousRead => Reading;
}
