// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>A bucket of Amazon S3 or of what speaks as S3 does, for a registry's blobs and a copy of its names.</summary>
/// <param name="Endpoint">Where the storage answers, for example <c>https://s3.eu-central-1.amazonaws.com</c>. The bucket is named in the path of requests.</param>
/// <param name="Bucket">The bucket, which has to be there.</param>
public sealed record ObjectStorage(Uri Endpoint, string Bucket)
{
    /// <summary>What all names in the bucket begin with; empty, or with a slash at its end.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The region that requests are signed for.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>The id of the key that requests are signed with. Null to look where all tools of Amazon look, from variables to the machine's role.</summary>
    public string? AccessKey { get; init; }

    /// <summary>The key.</summary>
    public string? SecretKey { get; init; }

    /// <summary>What goes with a key that is valid for a while; null with others.</summary>
    public string? SessionToken { get; init; }

    /// <summary>Whether clients are sent to the bucket for a blob, with an address that is good for ten minutes, in place of reading it through the registry.</summary>
    public bool Redirect { get; init; }

    /// <summary>Which bucket it is, without how to get in.</summary>
    public override string ToString() => $"{Endpoint.ToString().TrimEnd('/')}/{Bucket}/{Prefix}";
}
