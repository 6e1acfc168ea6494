// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>A file that every page needs; it is part of the program.</summary>
/// <param name="MediaType">What it is sent as.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record PageFile(string MediaType, ReadOnlyMemory<byte> Content)
{
    private static readonly PageFile Style = Read("page.css", "text/css; charset=utf-8");
    private static readonly PageFile Script = Read("page.js", "text/javascript; charset=utf-8");

    /// <summary>The file of a path.</summary>
    public static PageFile Of(string path) => path == "/page.css" ? Style : Script;

    private static PageFile Read(string name, string mediaType)
    {
        using var resource = typeof(PageFile).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return new PageFile(mediaType, content);
    }
}
