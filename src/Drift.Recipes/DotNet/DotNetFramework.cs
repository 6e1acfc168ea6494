// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>A shared framework that an app needs or includes, for example <c>Microsoft.AspNetCore.App</c> 10.0.0.</summary>
internal sealed record DotNetFramework(string Name, string Version)
{
    public const string AspNetCore = "Microsoft.AspNetCore.App";
    public const string NetCore = "Microsoft.NETCore.App";

    /// <summary>The tag of Microsoft's images for its release, for example <c>10.0</c>; those of previews end with <c>-preview</c>.</summary>
    public string ImageTag
    {
        get
        {
            var parts = Version.Split('.');
            return $"{parts[0]}.{parts[1]}{(Version.Contains('-', StringComparison.Ordinal) ? "-preview" : "")}";
        }
    }
}
