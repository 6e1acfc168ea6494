// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Drift.Oci;

namespace Drift.Registry;

/// <summary>The objects of one bucket below one prefix, by keys without it. Failures are <see cref="BucketException"/>.</summary>
internal sealed class Bucket : IDisposable
{
    private const int PartSize = 16 * 1024 * 1024;
    private const int PartsAtOnce = 4;
    private static readonly TimeSpan AddressLifetime = TimeSpan.FromMinutes(10);
    private readonly ObjectStorage _storage;
    private readonly AmazonS3Client _client;
    private readonly bool _isEncrypted;
    private readonly ConcurrentDictionary<string, byte> _coming = new(StringComparer.Ordinal);

    public Bucket(ObjectStorage storage)
    {
        _storage = storage;
        _isEncrypted = storage.Endpoint.Scheme == Uri.UriSchemeHttps;
        var config = new AmazonS3Config
        {
            ServiceURL = storage.Endpoint.ToString(),
            ForcePathStyle = true,
            AuthenticationRegion = storage.Region,
            // What Amazon added of late, and few others know.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        _client = storage switch
        {
            { AccessKey: { } key, SecretKey: { } secret, SessionToken: { } token } => new AmazonS3Client(new SessionAWSCredentials(key, secret, token), config),
            { AccessKey: { } key, SecretKey: { } secret } => new AmazonS3Client(new BasicAWSCredentials(key, secret), config),
            _ => new AmazonS3Client(config),
        };
    }

    /// <summary>Makes sure that the bucket is there and may be read.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(() => _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _storage.Bucket, Prefix = _storage.Prefix, MaxKeys = 1 }, cancellationToken)).ConfigureAwait(false);
        }
        catch (BucketException e)
        {
            var hint = (e.InnerException as AmazonS3Exception)?.ErrorCode switch
            {
                "NoSuchBucket" => "Make the bucket, or check its name.",
                "AccessDenied" => "Let this key list, read, write and delete the bucket's objects.",
                "SignatureDoesNotMatch" or "InvalidAccessKeyId" => "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
                "AuthorizationHeaderMalformed" => "Name the bucket's region with --s3-region.",
                _ => "Check the address, the key and the network.",
            };
            throw new DriftException(ErrorCode.RegistryUnreachable, e.Message, hint, e);
        }
    }

    /// <summary>Stores a few bytes.</summary>
    public Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        PutAsync(key, new MemoryStream(content.ToArray()), cancellationToken);

    /// <summary>Stores a file: in parts, several at once, when it is large.</summary>
    public async Task PutFileAsync(string key, string path, long size, CancellationToken cancellationToken)
    {
        if (size <= PartSize)
        {
            var file = File.OpenRead(path);
            await using (file.ConfigureAwait(false)) await PutAsync(key, file, cancellationToken).ConfigureAwait(false);
            return;
        }
        var upload = (await AskAsync(() => _client.InitiateMultipartUploadAsync(_storage.Bucket, _storage.Prefix + key, cancellationToken)).ConfigureAwait(false)).UploadId;
        try
        {
            var parts = new PartETag[(int)((size + PartSize - 1) / PartSize)];
            await Parallel.ForAsync(0, parts.Length, new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = cancellationToken }, async (i, token) =>
            {
                var request = new UploadPartRequest
                {
                    BucketName = _storage.Bucket, Key = _storage.Prefix + key, UploadId = upload, PartNumber = i + 1, FilePath = path, FilePosition = (long)i * PartSize,
                    PartSize = Math.Min(PartSize, size - ((long)i * PartSize)), UseChunkEncoding = false, DisablePayloadSigning = _isEncrypted,
                };
                parts[i] = new PartETag(i + 1, (await AskAsync(() => _client.UploadPartAsync(request, token)).ConfigureAwait(false)).ETag);
            }).ConfigureAwait(false);
            var complete = new CompleteMultipartUploadRequest { BucketName = _storage.Bucket, Key = _storage.Prefix + key, UploadId = upload, PartETags = [.. parts] };
            await AskAsync(() => _client.CompleteMultipartUploadAsync(complete, cancellationToken)).ConfigureAwait(false);
        }
        catch
        {
            // Else the parts stay and cost; what fails here too is found by the next collection.
            await ((Task)AbortAsync(key, upload)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>Reads a whole object.</summary>
    public Task<Stream> OpenAsync(string key, CancellationToken cancellationToken) => OpenAsync(key, range: null, cancellationToken);

    /// <summary>Reads the bytes of an object from <paramref name="offset"/> up to, and without, <paramref name="end"/>; at least one.</summary>
    public Task<Stream> OpenAsync(string key, long offset, long end, CancellationToken cancellationToken) =>
        OpenAsync(key, new Amazon.S3.Model.ByteRange(offset, end - 1), cancellationToken);

    private async Task<Stream> OpenAsync(string key, Amazon.S3.Model.ByteRange? range, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest { BucketName = _storage.Bucket, Key = _storage.Prefix + key, ByteRange = range };
        return (await AskAsync(() => _client.GetObjectAsync(request, cancellationToken)).ConfigureAwait(false)).ResponseStream;
    }

    /// <summary>Removes an object; none is none.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) => AskAsync(() => _client.DeleteObjectAsync(_storage.Bucket, _storage.Prefix + key, cancellationToken));

    /// <summary>Tells that an object is about to be stored and named, so that it is no garbage until the answer is disposed.</summary>
    public IDisposable Announce(string key)
    {
        _coming.TryAdd(key, 0);
        return new Announcement(this, key);
    }

    /// <summary>Whether an object was announced.</summary>
    public bool IsComing(string key) => _coming.ContainsKey(key);

    /// <summary>The keys that begin with <paramref name="prefix"/>.</summary>
    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = _storage.Bucket, Prefix = _storage.Prefix + prefix };
        do
        {
            var page = await AskAsync(() => _client.ListObjectsV2Async(request, cancellationToken)).ConfigureAwait(false);
            foreach (var found in page.S3Objects ?? []) yield return found.Key[_storage.Prefix.Length..];
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);
    }

    /// <summary>Gives up what was begun in parts and is not coming any more.</summary>
    public async Task AbortUploadsAsync(CancellationToken cancellationToken)
    {
        var page = await AskAsync(() => _client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = _storage.Bucket, Prefix = _storage.Prefix }, cancellationToken)).ConfigureAwait(false);
        foreach (var upload in page.MultipartUploads ?? [])
        {
            var key = upload.Key[_storage.Prefix.Length..];
            if (!IsComing(key)) await AbortAsync(key, upload.UploadId).ConfigureAwait(false);
        }
    }

    /// <summary>Where anyone may read the object for ten minutes.</summary>
    public string AddressOf(string key) => _client.GetPreSignedURL(new GetPreSignedUrlRequest
    {
        BucketName = _storage.Bucket,
        Key = _storage.Prefix + key,
        Expires = TimeProvider.System.GetUtcNow().UtcDateTime + AddressLifetime,
        Protocol = _isEncrypted ? Protocol.HTTPS : Protocol.HTTP,
    });

    public void Dispose() => _client.Dispose();

    private Task<PutObjectResponse> PutAsync(string key, Stream content, CancellationToken cancellationToken) => AskAsync(() => _client.PutObjectAsync(new PutObjectRequest
    {
        BucketName = _storage.Bucket,
        Key = _storage.Prefix + key,
        InputStream = content,
        AutoCloseStream = false,
        UseChunkEncoding = false, // Amazon's own framing.
        DisablePayloadSigning = _isEncrypted, // It would be read once more to be hashed; TLS sees to it that nobody changes it.
    }, cancellationToken));

    private Task<AbortMultipartUploadResponse> AbortAsync(string key, string upload) => AskAsync(() => _client.AbortMultipartUploadAsync(_storage.Bucket, _storage.Prefix + key, upload, CancellationToken.None));

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            var code = e is AmazonServiceException { ErrorCode: { Length: > 0 } given } ? $" ({given})" : "";
            throw new BucketException($"The bucket {_storage} fails: {e.Message}{code}", e);
        }
    }

    private sealed class Announcement(Bucket bucket, string key) : IDisposable
    {
        public void Dispose() => bucket._coming.TryRemove(key, out _);
    }
}
