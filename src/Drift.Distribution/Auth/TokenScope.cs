// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Distribution;

/// <summary>What a token has to allow, as in <c>repository:library/debian:pull</c>; computed here, for some registries' challenges leave it out.</summary>
internal readonly record struct TokenScope(string Text, RepositoryName? Repository = null)
{
    /// <summary>The registry as a whole, as for <c>/v2/</c>.</summary>
    public static TokenScope None { get; } = new("");

    public static TokenScope Pull(RepositoryName repository) => new($"repository:{repository}:pull", repository);

    public static TokenScope Push(RepositoryName repository) => new($"repository:{repository}:pull,push", repository);

    /// <summary>Quay knows no <c>delete</c>, and every registry knows that <c>*</c> means all.</summary>
    public static TokenScope Delete(RepositoryName repository) => new($"repository:{repository}:*", repository);

    /// <summary>This, and reading another repository of the same registry.</summary>
    public TokenScope And(TokenScope other) => this with { Text = $"{Text} {other.Text}" };
}
