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

    /// <summary>What to do when a credential is accepted and may not do what it was used for.</summary>
    public string? ForbiddenHint { get; init; }

    /// <summary>Whether it refuses access to repositories that do not exist, as if they were someone else's.</summary>
    public bool HidesAbsent { get; init; }

    /// <summary>What to do when a repository is not there.</summary>
    public string? NotFoundHint { get; init; }

    private static RegistryProfile Standard { get; } = new("distribution");

    // Amazon takes parts of 5 to 20 MiB, and sockets fail when many come at once.
    private static RegistryProfile Ecr { get; } = new("ecr")
    {
        Resumes = false,
        ChunkSize = 10 * MiB,
        Parallelism = 3,
        ForbiddenHint = "Allow ecr:BatchGetImage and ecr:GetDownloadUrlForLayer to pull, ecr:InitiateLayerUpload, ecr:UploadLayerPart, ecr:CompleteLayerUpload and ecr:PutImage to push.",
        LoginHint = "Pass a fresh password: aws ecr get-login-password | drift login --username AWS --password-stdin HOST. It holds for 12 hours.",
        NotFoundHint = "Create the repository with aws ecr create-repository; Amazon makes none by itself unless a template says so.",
    };

    // A part that is sent again is not found any more.
    private static RegistryProfile Acr { get; } = new("acr") { Resumes = false, ChunkSize = 4 * MiB, LoginHint = "Log in with a token: az acr login --expose-token, user 00000000-0000-0000-0000-000000000000." };

    // GitHub answers 416 to parts of more than 4 MiB.
    private static RegistryProfile Ghcr { get; } = new("ghcr")
    {
        ChunkSize = 4 * MiB,
        HidesAbsent = true,
        ForbiddenHint = "Give the classic personal access token the scope write:packages, or read:packages to pull; GITHUB_TOKEN needs packages: write in the workflow, and access to the package in its settings.",
        LoginHint = "Use a classic personal access token with write:packages, or GITHUB_TOKEN in a workflow; others are refused.",
    };

    private static RegistryProfile Gar { get; } = new("gar")
    {
        Resumes = false,
        HidesAbsent = true,
        ForbiddenHint = "Grant roles/artifactregistry.writer to push, or .reader to pull, and check project and repository, which must exist: gcloud artifacts repositories create.",
        LoginHint = "Log in with a token: gcloud auth print-access-token | drift login --username oauth2accesstoken --password-stdin HOST.",
    };

    private static RegistryProfile Quay { get; } = new("quay") { MountsFromAnywhere = false, HidesAbsent = true, ForbiddenHint = "Give the robot account, team+robot, write permission on the repository." };

    private static RegistryProfile Oracle { get; } = new("oracle")
    {
        HidesAbsent = true,
        LoginHint = "Log in as NAMESPACE/USER, or NAMESPACE/DOMAIN/USER of an identity domain, with an auth token, which is not the password of the console.",
        ForbiddenHint = "Ask for a policy that lets your group manage repos in the compartment, and check that the repository's name begins with the namespace.",
        NotFoundHint = "Check the namespace, and create the repository in its compartment: oci artifacts container repository create.",
    };

    private static RegistryProfile Hub { get; } = new("hub") { HidesAbsent = true, LoginHint = "Check the name, which needs its user or organisation, and that the access token may write; Docker Hub refuses what does not exist.", NotFoundHint = "Check the repository's name, its user or organisation included, and the tag." };

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
