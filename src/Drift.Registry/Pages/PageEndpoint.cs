// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Drift.Registry;

/// <summary>What people see in a browser: the repositories, the tags of one, and what is behind a tag or digest.</summary>
internal sealed class PageEndpoint(RegistryStorage storage, StorageCensus census, RegistryOptions options)
{
    private const string Html = "text/html; charset=utf-8";

    // A page may cost as much as many requests of other kinds, so that few are made at once in a process; all others wait.
    private static readonly SemaphoreSlim Places = new(4);

    public async Task ShowAsync(HttpContext context, RequestTarget target, Principal principal)
    {
        if (target.Kind == EndpointKind.LogIn)
        {
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = "/";
            return;
        }
        if (target.Kind == EndpointKind.PageFile)
        {
            var file = PageFile.Of(target.Reference);
            await PageAnswer.WriteAsync(context, file.Content, file.MediaType).ConfigureAwait(false);
            return;
        }
        await Places.WaitAsync(context.RequestAborted).ConfigureAwait(false);
        byte[] page;
        try
        {
            page = await RenderAsync(context, target, new Visitor(context.Request, principal)).ConfigureAwait(false);
        }
        finally
        {
            Places.Release();
        }
        await PageAnswer.WriteAsync(context, page, Html).ConfigureAwait(false);
    }

    /// <summary>Tells of an error in words, for a person.</summary>
    public static Task RefuseAsync(HttpContext context, DistributionError error)
    {
        context.Response.StatusCode = error.Status;
        var html = new HtmlWriter();
        PageFrame.Begin(html, error.Status switch
        {
            StatusCodes.Status401Unauthorized => "Log in to see this",
            StatusCodes.Status403Forbidden => "You may not see this",
            StatusCodes.Status404NotFound => "There is nothing here",
            _ => "This did not work",
        }, new Visitor(context.Request, Principal.Everyone));
        html.Write($"""<p>{error.Status.ToString(CultureInfo.InvariantCulture)}: {error.Message}.</p>""");
        html.Write($"""<p><a href="/">All repositories</a></p>""");
        return PageAnswer.WriteAsync(context, PageFrame.End(html), Html);
    }

    private Task<byte[]> RenderAsync(HttpContext context, RequestTarget target, Visitor visitor) => target.Kind switch
    {
        EndpointKind.HomePage => new HomePage(storage, census, options, visitor).RenderAsync(context.Request),
        EndpointKind.RepositoryPage => new RepositoryPage(storage, visitor, target.Repository).RenderAsync(context.Request),
        _ => new ImagePage(storage, visitor, target).RenderAsync(context.Request),
    };
}
