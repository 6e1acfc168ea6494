// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Machines;

/// <summary>Where an image of Oracle's comes from: the Marketplace binds what comes from it.</summary>
internal static class ImageOrigin
{
    private const int MaximumAncestors = 5;

    /// <summary>Checks an image that another one is to be built from.</summary>
    /// <exception cref="DriftException">It is not there, not available, or comes from the Marketplace.</exception>
    public static async Task CheckBaseAsync(OracleClient client, string image, CancellationToken cancellationToken)
    {
        var found = await client.SendAsync(OracleImages.Get(image), cancellationToken).ConfigureAwait(false);
        if (found.Text("lifecycleState") != "AVAILABLE") throw new DriftException(ErrorCode.NotSupported, $"{image} is {found.Text("lifecycleState")}, not AVAILABLE.", "Wait until it is, or name another image.");
        await CheckMarketplaceAsync(client, image, found, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks that neither an image nor what it was made of comes from the Marketplace.</summary>
    /// <exception cref="DriftException">One does.</exception>
    public static async Task CheckMarketplaceAsync(OracleClient client, string image, OracleAnswer found, CancellationToken cancellationToken)
    {
        for (var generation = 0; found.Find("listingType") is null or "NONE"; generation++)
        {
            if (found.Find("baseImageId") is not { } ancestor || generation == MaximumAncestors) return;
            // One that is gone, or somebody else's, cannot be asked.
            if (await client.FindAsync(OracleImages.Get(ancestor), cancellationToken).ConfigureAwait(false) is not { } older) return;
            found = older;
        }
        throw new DriftException(ErrorCode.NotSupported, $"{image} comes from an image of the Marketplace, and Oracle exports none that does.", "Build it from an image that you imported: drift machine wrap makes one of Debian's cloud image.");
    }
}
