// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using Drift.Oci;

namespace Drift.Recipes;

/// <summary>What stands in a page for a fact that is known when it is built.</summary>
internal sealed class SitePlaceholders(Platform platform, SiteSizes sizes)
{
    /// <summary>The size of the executable in bytes, with thousands separated by commas.</summary>
    public const string BinarySize = "{{drift:binary-size}}";

    /// <summary>The size of the platform's image in bytes, as a registry stores it: compressed layers, config and manifest.</summary>
    public const string ImageSize = "{{drift:image-size}}";

    /// <summary>The platform, for example <c>linux/arm64</c>.</summary>
    public const string PlatformName = "{{drift:platform}}";

    /// <summary>How every placeholder begins.</summary>
    public static ReadOnlySpan<byte> Start => "{{drift:"u8;

    /// <summary>Whether the page states a size.</summary>
    public static bool StateSizes(ReadOnlySpan<byte> page) =>
        page.IndexOf(Encoding.ASCII.GetBytes(BinarySize)) >= 0 || page.IndexOf(Encoding.ASCII.GetBytes(ImageSize)) >= 0;

    /// <summary>The page with the facts in it, and <paramref name="padding"/> more line breaks at its end.</summary>
    public byte[] Fill(ReadOnlySpan<byte> page, int padding)
    {
        // Latin-1 maps each byte to one character and back: whatever encoding the page has, only the placeholders change.
        var text = new StringBuilder(Encoding.Latin1.GetString(page))
            .Replace(BinarySize, sizes.Binary.ToString("N0", CultureInfo.InvariantCulture))
            .Replace(ImageSize, sizes.Image.ToString("N0", CultureInfo.InvariantCulture))
            .Replace(PlatformName, platform.ToString())
            .Append('\n', padding);
        return Encoding.Latin1.GetBytes(text.ToString());
    }
}
