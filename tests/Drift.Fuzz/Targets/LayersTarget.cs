// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Fuzz;

/// <summary>Two layers, each the archive, in all that reads what layers hold: validation, the flattened tree, merging, stripping.</summary>
internal sealed class LayersTarget() : FuzzTarget("layers")
{
    public override IReadOnlyList<string> Tokens => TarTokens.All;

    public override int BlockSize => TarFormat.BlockSize;

    public override void Repair(byte[] input) => TarTokens.Repair(input);

    public override async Task<string> RunAsync(byte[] input)
    {
        var store = new MemoryImage();
        // The second half of the blocks is a layer over the first.
        var cut = input.Length / TarFormat.BlockSize / 2 * TarFormat.BlockSize;
        PackedLayer[] layers = [store.Add(input[..cut]), store.Add(input[cut..])];
        var image = layers.Aggregate(Image.Scratch(Platform.LinuxAmd64), (below, layer) => below.WithLayer(layer));
        var packed = await image.PackAsync(store);
        var findings = new FindingBag();
        await ImageValidator.ValidateAsync(store, packed.Descriptor, findings);
        var outcome = string.Join(' ', findings.Sorted().Select(finding => finding.Code).Distinct(StringComparer.Ordinal));
        outcome += await AttemptAsync(async () =>
        {
            var files = await FlattenedFiles.ReadAsync(store, packed.Manifest.Layers, new FlattenOptions { HashContents = true });
            foreach (var file in files.All().Take(100)) _ = files.Find(file.Path);
        });
        var options = new PackOptions { Compression = LayerCompression.None };
        foreach (var changed in new[] { image.Flatten(), image.Squash(1), image.WithoutFiles(DockerIgnore.Parse("a\nb/**")) })
        {
            outcome += await AttemptAsync(async () =>
            {
                var result = await changed.PackAsync(store, options);
                // What is written must be sound, whatever it was made of: the reader reads it to its end, and merging it again changes nothing.
                var merged = await Image.FromAsync(store, result.Descriptor);
                if (merged.Layers.Count == 1) Ensure((await merged.Flatten().PackAsync(store, options)).Config.Rootfs.DiffIds[0] == result.Config.Rootfs.DiffIds[0], "merged again, the layer is another");
            });
        }
        return outcome;
    }

    private static async Task<string> AttemptAsync(Func<Task> action)
    {
        try
        {
            await action();
            return ";";
        }
        catch (DriftException e)
        {
            return ";" + (int)e.Code;
        }
    }
}
