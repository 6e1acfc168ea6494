// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Drift.Registry;

/// <summary>Takes each request from Kestrel to its endpoint, and turns what fails there into the specification's error body.</summary>
internal sealed partial class RegistryApplication : IHttpApplication<HttpContext>
{
    private readonly BlobEndpoint _blobs;
    private readonly BlobUploadEndpoint _uploads;
    private readonly ManifestEndpoint _manifests;
    private readonly TagListEndpoint _tags;
    private readonly ReferrersEndpoint _referrers;
    private readonly CatalogEndpoint _catalog;
    private readonly OperationEndpoint _operation;
    private readonly PageEndpoint _pages;
    private readonly AccessControl? _access;
    private readonly bool _isReadOnly;
    private readonly ILogger _logger;

    public RegistryApplication(RegistryStorage storage, Mirror? mirror, AccessControl? access, OperationEndpoint operation, PageEndpoint pages, RegistryOptions options)
    {
        _blobs = new BlobEndpoint(storage, mirror, options.Objects?.Redirect == true);
        _uploads = new BlobUploadEndpoint(storage);
        _manifests = new ManifestEndpoint(storage, mirror, options.MaximumManifestSize);
        _tags = new TagListEndpoint(storage, mirror);
        _referrers = new ReferrersEndpoint(storage, mirror);
        _catalog = new CatalogEndpoint(storage);
        _operation = operation;
        _pages = pages;
        _access = access;
        _isReadOnly = options.ReadOnly || mirror is not null;
        _logger = options.LoggerFactory.CreateLogger("Drift.Registry");
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        // Docker asks the ping for this header before it trusts a registry to speak version 2.
        context.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        // A manifest has the media type that its pusher gave it. A browser must not take it, or anything else that was pushed, for a page.
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        try
        {
            var principal = _access is null ? Principal.Everyone : await _access.IdentifyAsync(context).ConfigureAwait(false);
            if (principal.User is not null) Exchange.NoteUser(context, principal.User);
            await RouteAsync(context, principal).ConfigureAwait(false);
        }
        catch (RefusedRequestException e)
        {
            if (!context.Response.HasStarted) await RefuseAsync(context, e).ConfigureAwait(false);
            else context.Abort();
        }
        catch (Exception e) when (e is OperationCanceledException or ConnectionResetException || context.RequestAborted.IsCancellationRequested)
        {
            context.Abort(); // The client is gone.
        }
        catch (BadHttpRequestException e)
        {
            var error = new DistributionError("UNSUPPORTED", e.StatusCode, "the request is not valid HTTP");
            await FailAsync(context, error, e.Message).ConfigureAwait(false);
        }
        catch (BucketException e)
        {
            LogFailure(e, context.Request.Method, context.Request.Path);
            await FailAsync(context, DistributionError.StorageUnavailable, detail: null).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogFailure(e, context.Request.Method, context.Request.Path);
            await FailAsync(context, DistributionError.Internal, detail: null).ConfigureAwait(false);
        }
    }

    private Task RefuseAsync(HttpContext context, RefusedRequestException refusal)
    {
        if (refusal.Error == DistributionError.Unauthorized) context.Response.Headers.WWWAuthenticate = _access?.ChallengeOf(context);
        if (refusal.RetryAfter is { } wait) context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return AnswerAsync(context, refusal.Error, refusal.Details);
    }

    private static Task FailAsync(HttpContext context, DistributionError error, string? detail)
    {
        if (!context.Response.HasStarted) return AnswerAsync(context, error, [detail]);
        context.Abort(); // Too late for a status: only a cut connection tells the client that the body is not whole.
        return Task.CompletedTask;
    }

    private static Task AnswerAsync(HttpContext context, DistributionError error, IReadOnlyList<string?> details) =>
        RequestTarget.Parse(context.Request.Path.Value) is { IsPage: true } ? PageEndpoint.RefuseAsync(context, error) : ErrorAnswer.WriteAsync(context, error, details);

    private Task RouteAsync(HttpContext context, Principal principal)
    {
        if (RequestTarget.Parse(context.Request.Path.Value) is not { } target)
            return ErrorAnswer.WriteAsync(context, DistributionError.NoEndpoint, context.Request.Path.Value);
        if (target is { HasName: true, HasValidName: false })
            return AnswerAsync(context, DistributionError.NameInvalid, [target.Name]);
        AccessControl.Authorize(principal, target, context.Request.Method);
        if (_isReadOnly && context.Request.Method is not ("GET" or "HEAD"))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return AnswerAsync(context, DistributionError.ReadOnly, [context.Request.Method]);
        }

        return (target.Kind, context.Request.Method) switch
        {
            (EndpointKind.Ping, "GET" or "HEAD") => PingAsync(context),
            (EndpointKind.Token, "GET") when _access is not null => TokenEndpoint.CreateAsync(context, principal, _access.Tokens),
            (EndpointKind.Blob, "GET" or "HEAD") => _blobs.ReadAsync(context, target),
            (EndpointKind.Blob, "DELETE") => _blobs.DeleteAsync(context, target),
            (EndpointKind.Uploads, "POST") => _uploads.StartAsync(context, target, principal),
            (EndpointKind.Upload, "GET" or "HEAD") => _uploads.StatusAsync(context, target),
            (EndpointKind.Upload, "PATCH") => _uploads.AppendAsync(context, target),
            (EndpointKind.Upload, "PUT") => _uploads.FinishAsync(context, target),
            (EndpointKind.Upload, "DELETE") => _uploads.CancelAsync(context, target),
            (EndpointKind.Manifest, "GET" or "HEAD") => _manifests.ReadAsync(context, target),
            (EndpointKind.Manifest, "PUT") => _manifests.PutAsync(context, target),
            (EndpointKind.Manifest, "DELETE") => _manifests.DeleteAsync(context, target),
            (EndpointKind.TagList, "GET" or "HEAD") => _tags.ListAsync(context, target),
            (EndpointKind.Referrers, "GET" or "HEAD") => _referrers.ListAsync(context, target),
            (EndpointKind.Catalog, "GET" or "HEAD") => _catalog.ListAsync(context, principal),
            (EndpointKind.Health, "GET" or "HEAD") => _operation.CheckAsync(context),
            (EndpointKind.Metrics, "GET" or "HEAD") => _operation.MeasureAsync(context),
            (_, "GET" or "HEAD") when target.IsPage => _pages.ShowAsync(context, target, principal),
            (EndpointKind.Token, _) when _access is null => ErrorAnswer.WriteAsync(context, DistributionError.NoEndpoint, context.Request.Path.Value),
            _ => RefuseMethodAsync(context, target.Kind),
        };
    }

    // distribution-spec end-1.
    private static Task PingAsync(HttpContext context) => JsonAnswer.WriteAsync(context, "{}"u8.ToArray());

    private static Task RefuseMethodAsync(HttpContext context, EndpointKind kind)
    {
        context.Response.Headers.Allow = kind switch
        {
            EndpointKind.Blob => "GET, HEAD, DELETE",
            EndpointKind.Token => "GET",
            EndpointKind.Uploads => "POST",
            EndpointKind.Upload => "GET, HEAD, PATCH, PUT, DELETE",
            EndpointKind.Manifest => "GET, HEAD, PUT, DELETE",
            _ => "GET, HEAD",
        };
        return AnswerAsync(context, DistributionError.MethodNotAllowed, [context.Request.Method]);
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailure(Exception exception, string method, string path);
}
