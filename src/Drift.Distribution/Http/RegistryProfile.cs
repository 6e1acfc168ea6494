// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>
/// What is known of a kind of registry and cannot be asked of it. Everything else is found out while it is spoken to; a registry that no
/// profile fits is taken to follow the specification.
/// </summary>
internal sealed record RegistryProfile(string Name)
{
    private const long MiB = 1024 * 1024;

    /// <summary>Whether a session goes on after a part of it failed.</summary>
    public bool Resumes { get; init; } = true;

    /// <summary>The size of chunks in bytes, where chunks are asked for.</summary>
    public long ChunkSize { get; init; } = 16 * MiB;

    /// <summary>Whether a mount may leave out the repository that the blob is in.</summary>
    public bool MountsFromAnywhere { get; init; } = true;

    /// <summary>How many blobs travel at once.</summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>What to do when a credential is refused.</summary>
    public string? LoginHint { get; init; }

    /// <summary>What to do when a repository is not there.</summary>
    public string? NotFoundHint { get; init; }

    private static RegistryProfile Standard { get; } = new("distribution");

    // Amazon takes parts of 5 to 20 MiB, and sockets fail when many come at once.
    private static RegistryProfile Ecr { get; } = new("ecr")
    {
        Resumes = false,
        ChunkSize = 10 * MiB,
        Parallelism = 3,
        LoginHint = "Pass a fresh password: aws ecr get-login-password | drift login --username AWS --password-stdin HOST. It holds for 12 hours.",
        NotFoundHint = "Create the repository with aws ecr create-repository; Amazon makes none by itself unless a template says so.",
    };

    // A part that is sent again is not found any more.
    private static RegistryProfile Acr { get; } = new("acr") { Resumes = false, ChunkSize = 4 * MiB, LoginHint = "Log in with a token: az acr login --expose-token, user 00000000-0000-0000-0000-000000000000." };

    // GitHub answers 416 to parts of more than 4 MiB.
    private static RegistryProfile Ghcr { get; } = new("ghcr") { ChunkSize = 4 * MiB, LoginHint = "Use a classic personal access token with write:packages, or GITHUB_TOKEN in a workflow; others are refused." };

    private static RegistryProfile Gar { get; } = new("gar") { Resumes = false, LoginHint = "Log in with a token: gcloud auth print-access-token | drift login --username oauth2accesstoken --password-stdin HOST." };

    private static RegistryProfile Quay { get; } = new("quay") { MountsFromAnywhere = false };

    private static RegistryProfile Oracle { get; } = new("oracle")
    {
        LoginHint = "Log in as NAMESPACE/USER with an auth token, which is not the password of the console.",
        NotFoundHint = "Check the namespace, and create the repository in its compartment: oci artifacts container repository create.",
    };

    private static RegistryProfile Hub { get; } = new("hub") { NotFoundHint = "Check the repository's name, its user or organisation included, and the tag." };

    /// <summary>The profile of a host.</summary>
    public static RegistryProfile Of(string host)
    {
        var name = host.Split(':')[0];
        return name switch
        {
            "docker.io" => Hub,
            "ghcr.io" => Ghcr,
            "quay.io" => Quay,
            "public.ecr.aws" => Ecr,
            "gcr.io" => Gar,
            _ when name.EndsWith(".amazonaws.com", StringComparison.Ordinal) || name.EndsWith(".amazonaws.com.cn", StringComparison.Ordinal) => Ecr,
            _ when name.EndsWith(".azurecr.io", StringComparison.Ordinal) => Acr,
            _ when name.EndsWith(".gcr.io", StringComparison.Ordinal) || name.EndsWith("-docker.pkg.dev", StringComparison.Ordinal) => Gar,
            _ when name.EndsWith(".ocir.io", StringComparison.Ordinal) => Oracle,
            _ => Standard,
        };
    }
}
