// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Registry;

/// <summary>An error of the distribution specification ("Error Codes"): its code, the HTTP status it is sent with, and its message.</summary>
internal sealed record DistributionError(string Code, int Status, string Message)
{
    public static readonly DistributionError BlobUnknown = new("BLOB_UNKNOWN", 404, "blob unknown to registry");
    public static readonly DistributionError UploadUnknown = new("BLOB_UPLOAD_UNKNOWN", 404, "blob upload unknown to registry");
    public static readonly DistributionError UploadOutOfOrder = new("BLOB_UPLOAD_INVALID", 416, "the chunk does not follow what was received");
    public static readonly DistributionError UploadBusy = new("BLOB_UPLOAD_INVALID", 409, "another request is writing to this upload");
    public static readonly DistributionError SizeInvalid = new("SIZE_INVALID", 400, "the body is not as long as Content-Range says");
    public static readonly DistributionError DigestInvalid = new("DIGEST_INVALID", 400, "provided digest did not match uploaded content");
    public static readonly DistributionError AlgorithmUnknown = new("DIGEST_INVALID", 400, "digests are of sha256 or sha512");
    public static readonly DistributionError RangeInvalid = new("RANGE_INVALID", 416, "the range lies outside of the blob");
    public static readonly DistributionError ManifestUnknown = new("MANIFEST_UNKNOWN", 404, "manifest unknown to registry");
    public static readonly DistributionError ManifestInvalid = new("MANIFEST_INVALID", 400, "manifest invalid");
    public static readonly DistributionError ManifestTooLarge = new("MANIFEST_INVALID", 413, "manifest too large");
    public static readonly DistributionError ManifestBlobUnknown =
        new("MANIFEST_BLOB_UNKNOWN", 404, "manifest references a manifest or blob unknown to registry");
    public static readonly DistributionError TagInvalid = new("TAG_INVALID", 400, "invalid tag");
    public static readonly DistributionError NameInvalid = new("NAME_INVALID", 400, "invalid repository name");
    public static readonly DistributionError NameUnknown = new("NAME_UNKNOWN", 404, "repository name not known to registry");
    public static readonly DistributionError PageSizeInvalid = new("PAGINATION_NUMBER_INVALID", 400, "invalid number of results requested");
    public static readonly DistributionError ReadOnly = new("UNSUPPORTED", 405, "the registry is read-only");
    public static readonly DistributionError UpstreamFailed = new("UNKNOWN", 502, "the registry that this one mirrors cannot be reached, and the content is not cached");
    public static readonly DistributionError UpstreamBusy = new("TOOMANYREQUESTS", 429, "the registry that this one mirrors refuses more requests");
    public static readonly DistributionError Unauthorized = new("UNAUTHORIZED", 401, "authentication required");
    public static readonly DistributionError Denied = new("DENIED", 403, "requested access to the resource is denied");
    public static readonly DistributionError TooManyRequests = new("TOOMANYREQUESTS", 429, "too many requests");
    public static readonly DistributionError NoEndpoint = new("UNSUPPORTED", 404, "there is no such endpoint");
    public static readonly DistributionError MethodNotAllowed = new("UNSUPPORTED", 405, "the method is not allowed here");
    public static readonly DistributionError StorageUnavailable = new("UNKNOWN", 503, "the object storage of the registry fails; its log says how");
    public static readonly DistributionError Internal = new("UNKNOWN", 500, "the registry failed; its log says why");

    /// <summary>Clients print the message, so the sizes stand there.</summary>
    public static DistributionError QuotaExceeded(long limit, long used, long wanted) => new("DENIED", 403, string.Create(
        CultureInfo.InvariantCulture, $"the registry's quota is {limit:N0} bytes: {used:N0} are in use, and {wanted:N0} more do not fit"));
}
