// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Registry;

/// <summary>How the clients of this field fetch an image or artifact from here.</summary>
internal static class PullCommands
{
    /// <summary>One command for each client.</summary>
    /// <param name="visitor">Who is going to run them.</param>
    /// <param name="name">The repository.</param>
    /// <param name="reference">What follows the name: <c>:TAG</c> or <c>@DIGEST</c>.</param>
    /// <param name="isImage">Whether it can be run; container engines refuse what else there is.</param>
    public static IEnumerable<string> Of(Visitor visitor, RepositoryName name, string reference, bool isImage)
    {
        var image = $"{visitor.Host}/{name}{reference}";
        var target = name.ToString()[(name.ToString().LastIndexOf('/') + 1)..];
        // Go's and Drift's clients speak HTTP to this machine unasked; podman and skopeo to none.
        var isForeign = !visitor.IsSecure && !visitor.IsLocal;
        if (isImage)
        {
            yield return $"docker pull {image}";
            yield return $"podman pull {(visitor.IsSecure ? "" : "--tls-verify=false ")}{image}";
        }
        yield return $"skopeo copy {(visitor.IsSecure ? "" : "--src-tls-verify=false ")}docker://{image} oci:{target}";
        yield return $"drift pull {(isForeign ? $"--insecure {visitor.Host} " : "")}{image} oci:{target}";
        yield return $"crane {(isImage ? "pull" : "manifest")} {(isForeign ? "--insecure " : "")}{image}{(isImage ? $" {target}.tar" : "")}";
        if (!isImage) yield return $"oras pull {(isForeign ? "--plain-http " : "")}{image}";
    }
}
