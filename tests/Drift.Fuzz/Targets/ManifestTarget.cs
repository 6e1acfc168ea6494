// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Fuzz;

/// <summary>Manifests and indexes: what parses is written as something that parses to the same.</summary>
internal sealed class ManifestTarget() : FuzzTarget("manifest")
{
    public override IReadOnlyList<string> Tokens =>
    [
        .. JsonTokens.All, "\"schemaVersion\"", "\"mediaType\"", "\"config\"", "\"layers\"", "\"manifests\"", "\"digest\"", "\"size\"", "\"platform\"", "\"architecture\"", "\"os\"", "\"variant\"",
        "\"annotations\"", "\"artifactType\"", "\"subject\"", "\"urls\"", "\"data\"", "sha512:", "sha256:", MediaTypes.OciIndex, MediaTypes.OciManifest,
    ];

    public override Task<string> RunAsync(byte[] input)
    {
        DriftException? error = null;
        var outcome = "";
        try
        {
            var manifest = OciJson.ReadManifest(input, "input");
            var written = OciJson.Write(manifest);
            Ensure(OciJson.Write(OciJson.ReadManifest(written, "written")).AsSpan().SequenceEqual(written), "a manifest changes when it is read and written");
            _ = manifest.Layers.Sum(layer => layer.Size);
            outcome += "manifest ";
        }
        catch (DriftException e)
        {
            error = e;
        }
        try
        {
            var written = OciJson.Write(OciJson.ReadIndex(input, "input"));
            Ensure(OciJson.Write(OciJson.ReadIndex(written, "written")).AsSpan().SequenceEqual(written), "an index changes when it is read and written");
            outcome += "index";
        }
        catch (DriftException) when (error is not null)
        {
            throw error;
        }
        catch (DriftException)
        {
            // It is a manifest.
        }
        return Task.FromResult(outcome);
    }
}
