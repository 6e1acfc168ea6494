// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Drift.Distribution;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>Oracle's cloud, as one user in one region: signs, repeats what may be repeated, and says in its errors what Oracle said and the request's number.</summary>
internal sealed class OracleClient(OracleAccess access, string addresses, TimeSpan? firstPause = null) : IDisposable
{
    /// <summary>Where services are: <c>{service}</c> and <c>{region}</c> are put in. Other realms have other domains.</summary>
    public const string DefaultAddresses = "https://{service}.{region}.oraclecloud.com";

    private const string Json = "application/json";
    private static readonly string[] Passing = ["IncorrectState", "LockConflict", "Conflict", "NotAuthorizedOrResourceAlreadyExists"];
    private readonly CloudConnection _connection = new(firstPause);

    public OracleAccess Access { get; } = access;

    /// <summary>Where a request goes.</summary>
    public Uri AddressOf(OracleRequest request)
    {
        var text = addresses.Replace("{service}", request.Service, StringComparison.Ordinal).Replace("{region}", Access.Region, StringComparison.Ordinal).TrimEnd('/') + request.Target;
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)) ? address
            : throw new DriftException(ErrorCode.InvalidSetting, $"{text} is no safe address.", "Give an https address, as in " + DefaultAddresses);
    }

    /// <summary>Sends a request whose answer must be a success.</summary>
    /// <exception cref="CloudRefusal">Oracle refuses.</exception>
    /// <exception cref="DriftException">Oracle cannot be reached.</exception>
    public async Task<OracleAnswer> SendAsync(OracleRequest request, CancellationToken cancellationToken)
    {
        var address = AddressOf(request);
        var answer = await _connection.SendAsync(() => Make(request, address), IsTransient, request.IsRepeatable, cancellationToken).ConfigureAwait(false);
        return answer.IsSuccess ? new OracleAnswer(Parse(answer, address), answer.Header("opc-work-request-id"), answer.Header("opc-next-page"), answer.Header("ETag")) : throw Refusal(request, address, answer);
    }

    /// <summary>The same, but for what is not there; null then.</summary>
    public async Task<OracleAnswer?> FindAsync(OracleRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (CloudRefusal e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>All items of a list, over all of its pages.</summary>
    public async Task<List<JsonNode>> ListAsync(OracleRequest request, CancellationToken cancellationToken)
    {
        const int MaximumPages = 1000;
        var items = new List<JsonNode>();
        string? page = null;
        for (var number = 0; number < MaximumPages; number++)
        {
            var target = page is null ? request.Target : $"{request.Target}{(request.Target.Contains('?', StringComparison.Ordinal) ? '&' : '?')}page={OracleRequest.Escape(page)}";
            var answer = await SendAsync(request with { Target = target }, cancellationToken).ConfigureAwait(false);
            items.AddRange((answer.Body as JsonArray ?? answer.Body?["items"] as JsonArray ?? []).OfType<JsonNode>());
            if ((page = answer.NextPage) is null) return items;
        }
        throw new DriftException(ErrorCode.CloudRefused, $"The list at {request.Target} has no end.");
    }

    public void Dispose()
    {
        _connection.Dispose();
        Access.Dispose();
    }

    private HttpRequestMessage Make(OracleRequest request, Uri address)
    {
        var message = new HttpRequestMessage(request.Method, address);
        var date = TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        var bytes = request.Bytes;
        var type = request.Part is null ? Json : "application/octet-stream";
        foreach (var (name, value) in OracleSignature.Of(Access, request.Method, address.Authority, address.PathAndQuery, date, request.Part is null ? bytes : null, type))
        {
            // Those of the body are made by .NET from the body.
            if (name is not ("content-length" or "content-type" or "host")) message.Headers.TryAddWithoutValidation(name, value);
        }
        message.Headers.TryAddWithoutValidation("Accept", Json);
        if (request.RetryToken is not null) message.Headers.TryAddWithoutValidation("opc-retry-token", request.RetryToken);
        if (bytes is not { } body) return message;
        message.Content = new ReadOnlyMemoryContent(body);
        message.Content.Headers.TryAddWithoutValidation("Content-Type", type);
#pragma warning disable CA5351 // Object Storage checks what arrives by it; it protects from accidents.
        if (request.Part is not null) message.Content.Headers.ContentMD5 = System.Security.Cryptography.MD5.HashData(body.Span);
#pragma warning restore CA5351
        return message;
    }

    /// <summary>What Oracle's own SDKs repeat, and the conflicts of images that theirs do not.</summary>
    private static bool IsTransient(CloudAnswer answer) => answer.Status switch
    {
        HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout => true,
        HttpStatusCode.Conflict => Passing.Contains(Problem(answer).Code),
        HttpStatusCode.NotImplemented => false,
        HttpStatusCode.InternalServerError => !Problem(answer).Message.Contains("Out of host capacity", StringComparison.OrdinalIgnoreCase),
        var status => (int)status >= 500,
    };

    private static (string Code, string Message) Problem(CloudAnswer answer)
    {
        try
        {
            return JsonNode.Parse(answer.Body) is JsonObject problem ? ((string?)problem["code"] ?? "", Links.Hide(RegistryAnswer.Printable((string?)problem["message"] ?? ""))) : ("", "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return ("", "");
        }
    }

    private CloudRefusal Refusal(OracleRequest request, Uri address, CloudAnswer answer)
    {
        var (reason, said) = Problem(answer);
        var what = $"{address.Host} answers {(int)answer.Status} {reason} to {request.Method} {Links.Hide(address.AbsolutePath)}{(said.Length > 0 ? $": {said}" : "")} (request {answer.Header("opc-request-id") ?? "without a number"})";
        var (code, hint) = (answer.Status, reason) switch
        {
            (HttpStatusCode.Unauthorized, _) when CloudConnection.SkewOf(answer) is { } skew => (ErrorCode.AccessDenied, $"Set the clock right: {skew}, and Oracle takes five minutes."),
            (HttpStatusCode.Unauthorized, _) when Access.KeyId.StartsWith("ST$", StringComparison.Ordinal) => (ErrorCode.AccessDenied, "Get a new token, for example with oci session refresh: they last an hour."),
            (HttpStatusCode.Unauthorized, _) => (ErrorCode.AccessDenied, $"Check that the user has the API key {Access.Fingerprint}, and the tenancy."),
            (HttpStatusCode.NotFound or HttpStatusCode.Forbidden, _) => (ErrorCode.AccessDenied, "Check the OCID and the region, and that a policy lets the user: Oracle answers so for both."),
            (HttpStatusCode.BadRequest, "LimitExceeded") => (ErrorCode.LimitReached, "A service limit of the tenancy is reached: free something, or ask for more under Limits, Quotas and Usage."),
            (HttpStatusCode.BadRequest, "QuotaExceeded") => (ErrorCode.LimitReached, "A quota policy of the tenancy forbids it: change the policy, or free something."),
            (HttpStatusCode.InternalServerError, _) when said.Contains("Out of host capacity", StringComparison.OrdinalIgnoreCase) => (ErrorCode.OutOfCapacity, "Try another availability domain, a smaller shape, or later; accounts that pay are served first."),
            (HttpStatusCode.TooManyRequests, _) => (ErrorCode.CloudRefused, "Wait some minutes, and run it again."),
            _ => (ErrorCode.CloudRefused, (string?)"Run it again: it goes on where it stopped. Oracle's support asks for the request's number."),
        };
        return new CloudRefusal(code, what, hint, answer.Status, reason);
    }

    private static JsonNode? Parse(CloudAnswer answer, Uri address)
    {
        if (answer.Body.Length == 0) return null;
        try
        {
            return JsonNode.Parse(answer.Body);
        }
        catch (JsonException e)
        {
            throw new DriftException(ErrorCode.CloudRefused, $"{address.Host} answers what is no JSON.", "Check the address and any proxy.", e);
        }
    }
}
